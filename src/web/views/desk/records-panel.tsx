import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import type { ForecastQualityAnswer } from '../../../http/performance/schema.ts';
import type { TradeAnswer } from '../../../http/positions/schema.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { Tabs } from '../../components/tabs.tsx';
import type { AccountPipeline } from '../../data/pipeline.ts';
import { useCommand } from '../../data/use-command.ts';
import { DecisionsTable } from './decisions-table.tsx';
import { downloadTrades } from './download-trades.ts';
import { ForecastQuality } from './forecast-quality.tsx';
import { LedgerTable } from './ledger-table.tsx';
import type { RecordSource } from './record-source.ts';
import { TradesTable } from './trades-table.tsx';
import type { PagedResource } from './use-paged-list.ts';
import { useQuery } from './use-query.ts';

const TABS = [
  { id: 'decisions', label: 'Decisions' },
  { id: 'trades', label: 'Trades' },
  { id: 'ledger', label: 'Ledger' },
  { id: 'forecasts', label: 'Forecasts' },
] as const;

interface RecordsPanelProps {
  readonly source: RecordSource;
  readonly pipeline: AccountPipeline;
  readonly decisions: PagedResource<DecisionRowAnswer>;
  readonly trades: PagedResource<TradeAnswer>;
  /** undefined while it is loading. */
  readonly quality: ForecastQualityAnswer | null | undefined;
  /** Of the file with the trades, without its extension. */
  readonly fileName: string;
}

/** The records of an account: decisions, trades, ledger and forecast quality. */
export function RecordsPanel(props: RecordsPanelProps) {
  const { source, pipeline, decisions, trades, quality, fileName } = props;
  const { query, change } = useQuery();
  const { isBusy, error, run } = useCommand();
  const selected = TABS.find(({ id }) => id === query.log)?.id ?? 'decisions';
  return (
    <Panel
      title="Log"
      actions={
        selected === 'trades' && (
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void run(() => downloadTrades(source.trades, `${fileName}.csv`))}
          >
            Download CSV
          </Button>
        )
      }
      flush
    >
      <ErrorNotice error={error} />
      <Tabs
        label="Log"
        tabs={TABS}
        selected={selected}
        onSelect={(id) => change({ log: id === 'decisions' ? undefined : id })}
      >
        {selected === 'decisions' && (
          <DecisionsTable
            decisions={decisions}
            pipeline={pipeline}
            selected={query.candle}
            onSelect={(candle) => change({ candle })}
          />
        )}
        {selected === 'trades' && <TradesTable trades={trades} />}
        {selected === 'ledger' && <LedgerTable source={source} />}
        {selected === 'forecasts' && quality !== undefined && <ForecastQuality quality={quality} />}
      </Tabs>
    </Panel>
  );
}
