import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ReplayPageAnswer } from '../../../http/replays/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { useJson } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { counted } from '../../format/numbers.ts';
import { duration, utcMinute } from '../../format/time.ts';
import { groupBy } from '../../group-by.ts';
import type { ComparedAccount } from './compared-account.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { CurvePanel } from './curve-panel.tsx';
import { DeleteReplay } from './delete-replay.tsx';
import { Differences } from './differences.tsx';
import { NewReplay } from './new-replay.tsx';
import { ReplayJobs } from './replay-jobs.tsx';
import { useComparedAccounts } from './use-compared-accounts.ts';

const REFRESH_MS = 60_000;
const MAX_JOBS = 100;
/** Replays that are done never change. */
const NEVER_RELOADED = {};

/** Starts replays, lists those in progress, and compares finished ones over the same candles. */
export function ReplayComparison() {
  const jobs = useJson<ReplayPageAnswer>(`/paper/replays?limit=${MAX_JOBS}`, {
    reloadOn: ['replay'],
    everyMs: REFRESH_MS,
  });
  const { comparison, accounts } = useComparedAccounts('replay', {
    reloadOn: ['replay', 'package'],
    isRelevant: ({ data }) => data.state === undefined || data.state === 'DONE',
    everyMs: REFRESH_MS,
  });
  const reload = () => {
    jobs.reload();
    comparison.reload();
  };
  return (
    <>
      <NewReplay onStarted={reload} />
      {jobs.data.value !== undefined && <ReplayJobs jobs={jobs.data.value.items} onChanged={reload} />}
      <WhenLoaded resource={comparison} lines={8}>
        {() =>
          accounts.length === 0 ? (
            <Panel title="Finished replays">
              <EmptyState title="No finished replay yet">
                Start a replay above. Replays of the same time range are compared here.
              </EmptyState>
            </Panel>
          ) : (
            <Results accounts={accounts} onChanged={reload} />
          )
        }
      </WhenLoaded>
    </>
  );
}

interface ResultsProps {
  readonly accounts: readonly ComparedAccount[];
  readonly onChanged: () => void;
}

/** One group at a time: only replays of the same symbol and time range can be compared. */
function Results({ accounts, onChanged }: ResultsProps) {
  const { query, path, route } = useLocation();
  const groups = useMemo(() => groupsOf(accounts), [accounts]);
  const group = groups.find(({ key }) => key === query.range) ?? groups[0]!;
  const badges = (
    <>
      <Badge tone="warn">REPLAY</Badge>
      {group.accounts.some(({ replay }) => replay?.market_source === 'recorded') && (
        <Badge tone="warn">RECORDED MARKET</Badge>
      )}
    </>
  );
  const lastColumn = useMemo(
    () => ({
      label: '',
      cell: ({ key, name }: ComparedAccount) => <DeleteReplay id={key} name={name} onDeleted={onChanged} />,
    }),
    [onChanged],
  );
  return (
    <>
      <Panel
        title="Finished replays"
        beside={badges}
        actions={
          <label class="row replay-range">
            <span class="muted">Time range, UTC</span>
            <select
              value={group.key}
              onChange={({ currentTarget }) =>
                route(withQuery(path, { ...query, range: currentTarget.value }), true)
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
        <ComparisonTable
          caption={`Replays of ${group.title}`}
          accounts={group.accounts}
          lastColumn={lastColumn}
        />
      </Panel>
      {group.accounts.length > 1 && (
        <Differences kind="replays" accounts={group.accounts} options={NEVER_RELOADED} />
      )}
      <CurvePanel
        key={group.key}
        title="Equity of the replays"
        beside={badges}
        accounts={group.accounts}
        reloadOn={[]}
      />
    </>
  );
}

interface Group {
  readonly key: string;
  readonly title: string;
  readonly accounts: readonly ComparedAccount[];
}

function groupsOf(accounts: readonly ComparedAccount[]): readonly Group[] {
  const groups = groupBy(accounts, ({ symbol, replay }) => `${symbol} ${replay?.from} ${replay?.to}`);
  return Array.from(groups, ([key, members]) => ({
    key,
    title: titleOf(members[0]!, members.length),
    accounts: members,
  }));
}

function titleOf({ symbol, replay }: ComparedAccount, members: number): string {
  const { from, to } = replay!;
  const length = duration(Date.parse(to) - Date.parse(from));
  return `${symbol}, ${utcMinute(from)} to ${utcMinute(to)} (${length}), ${counted(members, 'replay')}`;
}
