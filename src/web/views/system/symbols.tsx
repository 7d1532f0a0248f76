import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { StateBadge, type StateLabels } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { count, counted } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { MAX_FILLED_CANDLES } from '../../service-rules.ts';

type SymbolStatus = MarketStatusAnswer['symbols'][number];
type Stream = NonNullable<SymbolStatus['live']>['stream'];

const STREAM: StateLabels<Stream['state']> = {
  live: ['live', 'good'],
  connecting: ['connecting', 'info'],
  reconnecting: ['reconnecting', 'warn'],
  closed: ['closed', 'plain'],
};

/** A stream without messages for this long is worth showing. */
const SILENT_SECONDS = 30;

const COLUMNS: readonly Column<SymbolStatus>[] = [
  { label: 'Symbol', value: ({ symbol }) => symbol, cell: ({ symbol }) => <b>{symbol}</b> },
  {
    label: 'Newest decision candle closed',
    unit: 'UTC',
    value: ({ newest_candle_closed_at }) => newest_candle_closed_at,
    cell: ({ newest_candle_closed_at, stale }) => (
      <>
        <Time at={newest_candle_closed_at} show="both" />
        {stale && <Badge tone="bad">stale: nothing opens</Badge>}
      </>
    ),
  },
  {
    label: 'Stream',
    value: ({ live }) => live?.stream.state ?? '',
    cell: ({ live }) => (live === null ? <Badge>not followed</Badge> : <StreamCell stream={live.stream} />),
  },
  numberColumn('Intrabar candles streamed', ({ live }) => live?.streamed, count, { isDesktopOnly: true }),
  numberColumn('Requested', ({ live }) => live?.requested, count, { isDesktopOnly: true }),
  {
    label: 'Filled',
    unit: `of max ${MAX_FILLED_CANDLES}`,
    isNumber: true,
    value: ({ filled }) => filled,
    cell: ({ filled }) => (
      <>
        {filled > MAX_FILLED_CANDLES && <Badge tone="bad">nothing opens</Badge>} {count(filled)}
      </>
    ),
  },
  numberColumn('Missing', (one) => one.missing_candles, count, { unit: 'candles', isDesktopOnly: true }),
  {
    label: 'Last error',
    isDesktopOnly: true,
    cell: ({ last_error, live }) => (
      <span class="user-text small">{live?.last_error ?? live?.stream.last_error ?? last_error ?? ''}</span>
    ),
  },
];

function StreamCell({ stream }: { readonly stream: Stream }) {
  const { state, interruptions, silent_for_seconds: silent } = stream;
  const facts = [
    silent !== null && silent > SILENT_SECONDS && `silent for ${duration(silent * 1000)}`,
    interruptions > 0 && `interrupted ${counted(interruptions, 'time')}`,
  ].filter(Boolean);
  return (
    <>
      <StateBadge labels={STREAM} state={state} />
      {facts.length > 0 && <p class="muted small">{facts.join(', ')}</p>}
    </>
  );
}

/** The symbols that are followed, and others with stored candles. */
export function Symbols({ symbols }: { readonly symbols: readonly SymbolStatus[] }) {
  return (
    <DataTable
      caption="Symbols"
      columns={COLUMNS}
      rows={symbols}
      rowKey={({ symbol }) => symbol}
      empty={
        <EmptyState title="No symbol is followed">
          Upload a package: the service follows the symbol that it was trained on.
        </EmptyState>
      }
    />
  );
}
