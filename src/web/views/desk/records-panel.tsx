import type { ComponentChildren } from 'preact';
import type {
  DecisionRowAnswer,
  ForecastQualityAnswer,
  PositionAnswer,
} from '../../../http/accounts/schema.ts';
import { Button } from '../../components/button.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useSubmit } from '../../data/use-submit.ts';
import type { Book } from './book.ts';
import { DecisionsTable } from './decisions-table.tsx';
import { downloadTrades } from './download-trades.ts';
import { ForecastQuality } from './forecast-quality.tsx';
import { type LedgerLine, LedgerTable } from './ledger-table.tsx';
import { TradesTable } from './trades-table.tsx';
import { type Paged, usePaged } from './use-paged.ts';
import { useQuery } from './use-query.ts';

const LEDGER_PAGE = 100;

const TABS = [
  { id: 'decisions', label: 'Decisions' },
  { id: 'trades', label: 'Trades' },
  { id: 'ledger', label: 'Ledger' },
  { id: 'forecasts', label: 'Forecasts' },
] as const;

interface RecordsPanelProps {
  readonly book: Book;
  readonly decisions: Paged<DecisionRowAnswer>;
  readonly trades: Paged<PositionAnswer>;
  /** undefined while it is loaded. */
  readonly quality: ForecastQualityAnswer | null | undefined;
  /** What a file with the trades is called, without its ending. */
  readonly fileName: string;
}

/** The logs of the account: decisions, trades, ledger, and how good the forecasts were. */
export function RecordsPanel({ book, decisions, trades, quality, fileName }: RecordsPanelProps) {
  const { query, change } = useQuery();
  const { isBusy, error, run } = useSubmit();
  const selected = TABS.find(({ id }) => id === query.log)?.id ?? 'decisions';
  return (
    <Panel
      title="Log"
      actions={
        selected === 'trades' && (
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void run(() => downloadTrades(book.trades, `${fileName}.csv`))}
          >
            Download CSV
          </Button>
        )
      }
      flush
    >
      {error !== undefined && <ErrorNote error={error} />}
      <Tabs
        label="Log"
        tabs={TABS}
        selected={selected}
        onSelect={(id) => change({ log: id === 'decisions' ? undefined : id })}
      >
        {selected === 'decisions' && (
          <Listed of={decisions}>
            {(items) => (
              <DecisionsTable
                items={items}
                decisions={decisions}
                selected={query.candle}
                onSelect={(candle) => change({ candle })}
              />
            )}
          </Listed>
        )}
        {selected === 'trades' && (
          <Listed of={trades}>{(items) => <TradesTable items={items} trades={trades} />}</Listed>
        )}
        {selected === 'ledger' && <Ledger book={book} />}
        {selected === 'forecasts' && quality !== undefined && <ForecastQuality quality={quality} />}
      </Tabs>
    </Panel>
  );
}

/** Loaded when it is looked at. */
function Ledger({ book }: { readonly book: Book }) {
  const ledger = usePaged<LedgerLine>(book.ledger, LEDGER_PAGE, ({ id }) => id, book.changes('equity'));
  return <Listed of={ledger}>{(items) => <LedgerTable items={items} ledger={ledger} />}</Listed>;
}

interface ListedProps<Item> {
  readonly of: Paged<Item>;
  readonly children: (items: readonly Item[]) => ComponentChildren;
}

function Listed<Item>({ of, children }: ListedProps<Item>) {
  return (
    <Loaded of={of.list} lines={10}>
      {({ items }) => children(items)}
    </Loaded>
  );
}
