import type { CandlesAnswer } from '../../../http/market/schema.ts';

export type Candle = CandlesAnswer['candles'][number];

const QUARTER_MS = 15 * 60_000;

/** The newest candles joined to older ones that are known; without those where something between them is missing. */
export function joinCandles(known: readonly Candle[], newest: readonly Candle[]): readonly Candle[] {
  const first = newest[0];
  if (first === undefined) return known;
  const start = Date.parse(first.open_time);
  const older = known.filter(({ open_time }) => Date.parse(open_time) < start);
  const last = older.at(-1);
  return last !== undefined && last.close_time === first.open_time ? [...older, ...newest] : newest;
}

/** Open, high, low and close of a candle that is not closed yet, at the place of its open time. */
export interface RunningCandle extends Pick<Candle, 'open_time' | 'open' | 'high' | 'low' | 'close'> {}

/**
 * The 15-minute candle after the last closed one, from its 3-minute candles and the last price; undefined as long as
 * neither is known.
 */
export function runningCandle(
  last: Candle | undefined,
  parts: readonly Candle[],
  price: { readonly price: number; readonly timestamp: string } | undefined,
): RunningCandle | undefined {
  if (last === undefined) return undefined;
  const start = Date.parse(last.close_time);
  const isWithin = (time: string) => Date.parse(time) >= start && Date.parse(time) < start + QUARTER_MS;
  const own = parts.filter(({ open_time }) => isWithin(open_time));
  const now = price !== undefined && isWithin(price.timestamp) ? price.price : undefined;
  const close = now ?? own.at(-1)?.close;
  if (close === undefined) return undefined;
  const open = own[0]?.open ?? last.close;
  return {
    open_time: last.close_time,
    open,
    high: Math.max(open, close, ...own.map(({ high }) => high)),
    low: Math.min(open, close, ...own.map(({ low }) => low)),
    close,
  };
}
