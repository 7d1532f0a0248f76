import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { count } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

type SymbolState = MarketStatusAnswer['symbols'][number];
type StreamState = NonNullable<SymbolState['live']>['stream']['state'];

const STREAM_TONES: Record<StreamState, Tone> = {
  live: 'good',
  connecting: 'info',
  reconnecting: 'warn',
  closed: 'plain',
};
/** More filled candles in a window than these, and nothing is opened (market.md#16). */
const MOST_FILLED = 8;

const COLUMNS: readonly Column<SymbolState>[] = [
  { key: 'symbol', label: 'Symbol', value: ({ symbol }) => symbol, cell: ({ symbol }) => <b>{symbol}</b> },
  {
    key: 'newest',
    label: 'Newest 15m candle closed',
    unit: 'UTC',
    value: ({ newest_candle_closed_at }) => newest_candle_closed_at,
    cell: ({ newest_candle_closed_at, stale }) => (
      <>
        <Time at={newest_candle_closed_at} show="both" />
        {stale && <Badge tone="bad">stale: nothing is opened</Badge>}
      </>
    ),
  },
  {
    key: 'stream',
    label: 'Stream',
    value: ({ live }) => live?.stream.state ?? '',
    cell: ({ live }) => (live === null ? <Badge>not followed</Badge> : <StreamCell stream={live.stream} />),
  },
  {
    key: 'by-stream',
    label: '3m candles streamed',
    isNumber: true,
    isMinor: true,
    value: ({ live }) => live?.streamed,
    cell: ({ live }) => count(live?.streamed),
  },
  {
    key: 'requested',
    label: 'requested',
    isNumber: true,
    isMinor: true,
    value: ({ live }) => live?.requested,
    cell: ({ live }) => count(live?.requested),
  },
  {
    key: 'filled',
    label: 'Filled',
    unit: `of at most ${MOST_FILLED}`,
    isNumber: true,
    value: ({ filled }) => filled,
    cell: ({ filled }) => (
      <>
        {filled > MOST_FILLED && <Badge tone="bad">nothing is opened</Badge>} {count(filled)}
      </>
    ),
  },
  {
    key: 'missing',
    label: 'Missing',
    unit: 'candles',
    isNumber: true,
    isMinor: true,
    value: ({ missing_candles }) => missing_candles,
    cell: ({ missing_candles }) => count(missing_candles),
  },
  {
    key: 'error',
    label: 'Last error',
    isMinor: true,
    cell: ({ last_error, live }) => (
      <span class="foreign small">{live?.last_error ?? live?.stream.last_error ?? last_error ?? ''}</span>
    ),
  },
];

function StreamCell({ stream }: { readonly stream: NonNullable<SymbolState['live']>['stream'] }) {
  const { state, interruptions, silent_for_seconds: silent } = stream;
  const facts = [
    silent !== null && silent > 30 && `silent for ${duration(silent * 1000)}`,
    interruptions > 0 && `lost ${count(interruptions)} ${interruptions === 1 ? 'time' : 'times'}`,
  ].filter(Boolean);
  return (
    <>
      <Badge tone={STREAM_TONES[state]}>{state}</Badge>
      {facts.length > 0 && <p class="soft small">{facts.join(', ')}</p>}
    </>
  );
}

/** The symbols that are followed or were asked for. */
export function Symbols({ symbols }: { readonly symbols: readonly SymbolState[] }) {
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
