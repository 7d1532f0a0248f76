import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import type { WholePositionAnswer } from '../../../../http/positions/schema.ts';
import type { Fan } from '../../../charts/forecast-points.ts';
import { Tabs } from '../../../components/tabs.tsx';
import { WhenLoaded } from '../../../components/when-loaded.tsx';
import type { Resource } from '../../../data/resource.ts';
import { useQuery } from '../../../data/use-query.ts';
import { count } from '../../../format/numbers.ts';
import type { Run } from '../run.ts';
import { ReplayRules } from './account-rules.tsx';
import { DecisionsTab } from './decisions-tab.tsx';
import { ForecastsTab } from './forecasts-tab.tsx';
import { LedgerTab } from './ledger-tab.tsx';
import { LotsTab } from './lots-tab.tsx';
import { viewOf, WHOLE_LIST } from './record-view.ts';
import { TradesTab } from './trades-tab.tsx';

const TABS = [
  { id: 'decisions', label: 'Decisions' },
  { id: 'trades', label: 'Trades' },
  { id: 'lots', label: 'Lots' },
  { id: 'ledger', label: 'Ledger' },
  { id: 'forecasts', label: 'Forecasts' },
] as const;

interface DockProps {
  readonly run: Run;
  /** Of the live account, on which actions by hand act. */
  readonly dashboard: Resource<DashboardAnswer>;
  /** Of the selected candle. */
  readonly chosen: Resource<Fan | null>;
  readonly price: number | undefined;
  /** From when on the chart's choice is listed, ISO 8601. */
  readonly sought: string | undefined;
  readonly onPosition: (position: WholePositionAnswer | undefined) => void;
  /** The account was reset. */
  readonly onReset: () => void;
}

/** The records of a run, exactly. */
export function Dock({ run, dashboard, chosen, price, sought, onPosition, onReset }: DockProps) {
  const { query, change } = useQuery();
  const selected = TABS.find(({ id }) => id === query.tab)?.id ?? 'trades';
  const view = viewOf(query);
  const lots = run.replay === undefined ? dashboard.data.value?.open_positions_count : undefined;
  const counts: Readonly<Record<string, number | undefined>> = {
    trades: run.performance?.total_trades,
    lots,
  };
  return (
    <section class="dock" aria-label="Records">
      <Tabs
        label="Records"
        tabs={TABS.map(({ id, label }) => ({
          id,
          label:
            counts[id] === undefined ? (
              label
            ) : (
              <>
                {label} <span class="muted">{count(counts[id])}</span>
              </>
            ),
        }))}
        selected={selected}
        onSelect={(tab) => change({ ...WHOLE_LIST, tab: tab === 'trades' ? undefined : tab })}
      >
        {selected === 'decisions' && (
          <DecisionsTab
            {...{ run, view }}
            forecast={chosen}
            sought={sought === query.candle ? sought : undefined}
          />
        )}
        {selected === 'trades' && (
          <TradesTab
            {...{ run, view, onPosition }}
            sought={query.position && sought}
            fileName={`trades-${run.replay === undefined ? run.modelId : `replay-${run.replay.id}`}`}
          />
        )}
        {selected === 'lots' && run.replay !== undefined && <ReplayRules replay={run.replay} />}
        {selected === 'lots' && run.replay === undefined && (
          <WhenLoaded resource={dashboard} lines={8}>
            {(answer) => <LotsTab dashboard={answer} {...{ price, onReset }} onChanged={dashboard.reload} />}
          </WhenLoaded>
        )}
        {selected === 'ledger' && <LedgerTab {...{ run, view }} />}
        {selected === 'forecasts' && <ForecastsTab {...{ run, view }} />}
      </Tabs>
    </section>
  );
}
