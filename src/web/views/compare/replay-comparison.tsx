import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ComparisonAnswer } from '../../../http/accounts/schema.ts';
import type { ReplayPageAnswer } from '../../../http/replays/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { addressOf } from '../../data/selected-package.ts';
import { duration, utcMinute } from '../../format/time.ts';
import type { Candidate } from './candidate.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { CurvePanel } from './curve-panel.tsx';
import { NewReplay } from './new-replay.tsx';
import { RemoveReplay } from './remove-replay.tsx';
import { ReplayJobs } from './replay-jobs.tsx';
import { useCandidates } from './use-candidates.ts';

const EVERY_MS = 60_000;
const MOST_SHOWN = 100;

/** Replays: new ones, those under way, and finished ones beside others of the same candles. */
export function ReplayComparison() {
  const jobs = useResource(
    (signal) => getJson<ReplayPageAnswer>(`/paper/replays?limit=${MOST_SHOWN}`, { signal }),
    [],
    { reloadOn: ['replay'], everyMs: EVERY_MS },
  );
  const comparison = useResource(
    (signal) => getJson<ComparisonAnswer>('/paper/compare?kind=replay', { signal }),
    [],
    {
      reloadOn: ['replay', 'package'],
      matters: ({ data }) => data.state === undefined || data.state === 'DONE',
      everyMs: EVERY_MS,
    },
  );
  const reload = () => {
    jobs.reload();
    comparison.reload();
  };
  const candidates = useCandidates(comparison.data.value);
  return (
    <>
      <NewReplay onStarted={reload} />
      {jobs.data.value !== undefined && <ReplayJobs jobs={jobs.data.value.items} onChanged={reload} />}
      <Loaded of={comparison} lines={8}>
        {() =>
          candidates.length === 0 ? (
            <Panel title="Finished replays">
              <EmptyState title="No replay is finished yet">
                Start one above: the package then trades past candles by the same rules as live. Replays of
                the same time are compared here.
              </EmptyState>
            </Panel>
          ) : (
            <Results candidates={candidates} onChanged={reload} />
          )
        }
      </Loaded>
    </>
  );
}

interface ResultsProps {
  readonly candidates: readonly Candidate[];
  readonly onChanged: () => void;
}

/** Only replays of the same symbol and time can be held against each other: one such group at a time. */
function Results({ candidates, onChanged }: ResultsProps) {
  const { query, path, route } = useLocation();
  const groups = useMemo(() => groupsOf(candidates), [candidates]);
  const group = groups.find(({ key }) => key === query.range) ?? groups[0]!;
  const label = (
    <>
      <Badge tone="warn">REPLAY</Badge>
      {group.candidates.some(({ replay }) => replay?.market_source === 'recorded') && (
        <Badge tone="warn">RECORDED MARKET</Badge>
      )}
    </>
  );
  const last = useMemo(
    () => ({
      key: 'remove',
      label: '',
      cell: ({ key, name }: Candidate) => <RemoveReplay id={key} name={name} onRemoved={onChanged} />,
    }),
    [onChanged],
  );
  return (
    <>
      <Panel
        title="Finished replays"
        beside={label}
        actions={
          <label class="range-of-replays">
            <span class="soft">Time, UTC</span>
            <select
              value={group.key}
              onChange={({ currentTarget }) =>
                route(addressOf(path, { ...query, range: currentTarget.value }), true)
              }
            >
              {groups.map(({ key, title }) => (
                <option key={key} value={key}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        }
        flush
      >
        <ComparisonTable caption={`Replays of ${group.title}`} candidates={group.candidates} last={last} />
      </Panel>
      <CurvePanel
        key={group.key}
        title="Equity of the replays"
        beside={label}
        candidates={group.candidates}
        reloadOn={[]}
      />
    </>
  );
}

interface Group {
  readonly key: string;
  readonly title: string;
  readonly candidates: readonly Candidate[];
}

function groupsOf(candidates: readonly Candidate[]): readonly Group[] {
  const groups = new Map<string, Candidate[]>();
  for (const one of candidates) {
    if (one.replay === null) continue;
    const key = `${one.symbol} ${one.replay.from} ${one.replay.to}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([key, members]) => ({
    key,
    title: titleOf(members[0]!, members.length),
    candidates: members,
  }));
}

function titleOf({ symbol, replay }: Candidate, count: number): string {
  const { from, to } = replay!;
  const length = duration(Date.parse(to) - Date.parse(from));
  return `${symbol}, ${utcMinute(from)} to ${utcMinute(to)} (${length}), ${count} ${count === 1 ? 'replay' : 'replays'}`;
}
