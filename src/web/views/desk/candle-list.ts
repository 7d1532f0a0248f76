import type { CandlesAnswer } from '../../../http/market/schema.ts';

export type Candle = CandlesAnswer['candles'][number];

/** The newest candles after the known older ones; without these where candles between them are missing. */
export function joinCandles(known: readonly Candle[], newest: readonly Candle[]): readonly Candle[] {
  const first = newest[0];
  if (first === undefined) return known;
  const start = Date.parse(first.open_time);
  const older = known.filter(({ open_time }) => Date.parse(open_time) < start);
  const last = older.at(-1);
  return last !== undefined && last.close_time === first.open_time ? [...older, ...newest] : newest;
}

/** A decision candle that is not closed yet. */
export interface FormingCandle extends Pick<Candle, 'open_time' | 'open' | 'high' | 'low' | 'close'> {}

/**
 * The decision candle after the last closed one, from its intrabar candles and the last price; undefined while neither
 * is known.
 */
export function formingCandle(
  last: Candle | undefined,
  intrabarCandles: readonly Candle[],
  lastPrice: { readonly price: number; readonly timestamp: string } | undefined,
): FormingCandle | undefined {
  if (last === undefined) return undefined;
  const start = Date.parse(last.close_time);
  const end = start + (start - Date.parse(last.open_time));
  const isWithin = (time: string) => Date.parse(time) >= start && Date.parse(time) < end;
  const own = intrabarCandles.filter(({ open_time }) => isWithin(open_time));
  const price = lastPrice !== undefined && isWithin(lastPrice.timestamp) ? lastPrice.price : undefined;
  const close = price ?? own.at(-1)?.close;
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
