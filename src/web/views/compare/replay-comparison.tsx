import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ReplayAnswer, ReplayPageAnswer } from '../../../http/replays/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Panel } from '../../components/panel.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { useJson } from '../../data/resource.ts';
import { useSelectedPackage } from '../../data/selected-package.ts';
import { withQuery } from '../../data/urls.ts';
import type { ComparedAccount } from './compared-account.ts';
import { Comparison } from './comparison.tsx';
import { ComparisonTable } from './comparison-table.tsx';
import { DeleteReplay } from './delete-replay.tsx';
import { Headline } from './lead.tsx';
import { lookAheadFigure } from './look-ahead-figure.ts';
import { NewReplays, NewReplaysLink } from './new-replays.tsx';
import { namedGroup, type ReplayGroup, replayGroupsOf } from './replay-groups.ts';
import { EndedReplays, ReplaysInProgress } from './replay-jobs.tsx';
import { Switchers } from './switchers.tsx';
import { useComparedAccounts } from './use-compared-accounts.ts';
import { useSelection } from './use-selection.ts';

const REFRESH_MS = 60_000;
const MAX_JOBS = 100;
/** Replays that are done never change. */
const NEVER_RELOADED = {};

/** Compares finished replays over the same candles, starts new ones, and lists those in progress. */
export function ReplayComparison() {
  const { query } = useLocation();
  const { id } = useSelectedPackage();
  const jobs = useJson<ReplayPageAnswer>(`/paper/replays?limit=${MAX_JOBS}`, {
    reloadOn: ['replay'],
    everyMs: REFRESH_MS,
  });
  const { comparison, accounts } = useComparedAccounts('replay', {
    reloadOn: ['replay', 'package'],
    isRelevant: ({ data }) => data.state === undefined || data.state === 'DONE',
    everyMs: REFRESH_MS,
  });
  const groups = useMemo(() => replayGroupsOf(accounts), [accounts]);
  const group = namedGroup(groups, query);
  const reload = () => {
    jobs.reload();
    comparison.reload();
  };
  const items = jobs.data.value?.items ?? [];
  return (
    <>
      <NewReplays onStarted={reload} />
      <ReplaysInProgress jobs={items} onChanged={reload} />
      <WhenLoaded resource={comparison} lines={12}>
        {() =>
          group === undefined ? (
            <div class="row spread">
              <Headline>
                No replay has finished yet: replay two packages over the same days to compare them.
              </Headline>
              <NewReplaysLink ids={id === undefined ? [] : [id]} />
            </div>
          ) : (
            <Results {...{ groups, group, jobs: items }} onChanged={reload} />
          )
        }
      </WhenLoaded>
      <EndedReplays jobs={items} onChanged={reload} />
    </>
  );
}

interface ResultsProps {
  readonly groups: readonly ReplayGroup[];
  readonly group: ReplayGroup;
  readonly jobs: readonly ReplayAnswer[];
  readonly onChanged: () => void;
}

function Results({ groups, group, jobs, onChanged }: ResultsProps) {
  const selection = useSelection(group.accounts);
  const moreFigures = useMemo(() => [lookAheadFigure(jobs)], [jobs]);
  const lastColumn = useMemo(
    () => ({
      label: 'Delete',
      cell: ({ key, name }: ComparedAccount) => <DeleteReplay id={key} name={name} onDeleted={onChanged} />,
    }),
    [onChanged],
  );
  const ids = selection.chosen.flatMap(({ model_package_id: id }) => id ?? []);
  return (
    <>
      <div class="row spread">
        <Switchers candidates={group.accounts} selection={selection}>
          Replays of the same candles
        </Switchers>
        <NewReplaysLink ids={[...new Set(ids)]} />
      </div>
      <RangeSelect groups={groups} group={group} />
      <Comparison
        kind="replays"
        chosen={selection.chosen}
        pairsOptions={NEVER_RELOADED}
        reloadCurvesOn={[]}
        moreFigures={moreFigures}
      />
      <Panel title="All replays of this range" flush>
        <ComparisonTable
          caption={`Replays of ${group.title}`}
          accounts={group.accounts}
          lastColumn={lastColumn}
        />
      </Panel>
    </>
  );
}

function RangeSelect({ groups, group }: Pick<ResultsProps, 'groups' | 'group'>) {
  const { query, path, route } = useLocation();
  const isInSample = group.accounts.some(({ performance }) => performance.withheld.rank === 'IN_SAMPLE');
  return (
    <div class="row">
      <Badge tone="warn">REPLAY</Badge>
      {group.accounts.some(({ replay }) => replay?.market_source === 'recorded') && (
        <Badge tone="warn">RECORDED MARKET</Badge>
      )}
      {isInSample && (
        <Badge tone="warn" detail="A result on candles that a model was trained on is no evidence.">
          IN SAMPLE
        </Badge>
      )}
      <label class="row range-label">
        <span class="muted">Range</span>
        <select
          class="range-select"
          value={group.key}
          onChange={({ currentTarget }) => {
            const { of: _, ...others } = query;
            route(withQuery(path, { ...others, range: currentTarget.value }), true);
          }}
        >
          {groups.map(({ key, title }) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
