import type { CandlesAnswer } from '../../../../http/market/schema.ts';
import type { ChartCandle } from '../../../charts/chart-candle.ts';

/** The closed candles of an answer, oldest first. Where shorter ones are missing at its end, the last one is not closed. */
export function chartCandles({ candles }: Pick<CandlesAnswer, 'candles'>): ChartCandle[] {
  const closed = candles.at(-1)?.complete === false ? candles.slice(0, -1) : candles;
  return closed.map(({ open_time, open, high, low, close, volume }) => ({
    time: Date.parse(open_time),
    ...{ open, high, low, close, volume },
  }));
}

/** The newest candles after the known older ones; without these where candles between them are missing. */
export function joinCandles(
  known: readonly ChartCandle[],
  newest: readonly ChartCandle[],
  stepMs: number,
): readonly ChartCandle[] {
  const first = newest[0];
  if (first === undefined) return known;
  const older = known.filter(({ time }) => time < first.time);
  const last = older.at(-1);
  return last !== undefined && last.time + stepMs === first.time ? [...older, ...newest] : newest;
}

/**
 * The candle after the last closed one, from its intrabar candles and the last price; undefined while neither is known.
 * @param stepMs length of a candle
 */
export function formingCandle(
  last: ChartCandle | undefined,
  stepMs: number,
  intrabarCandles: readonly ChartCandle[],
  lastPrice: { readonly price: number; readonly timestamp: string } | undefined,
): ChartCandle | undefined {
  if (last === undefined) return undefined;
  const time = last.time + stepMs;
  const isWithin = (at: number) => at >= time && at < time + stepMs;
  const own = intrabarCandles.filter((candle) => isWithin(candle.time));
  const price =
    lastPrice !== undefined && isWithin(Date.parse(lastPrice.timestamp)) ? lastPrice.price : undefined;
  const close = price ?? own.at(-1)?.close;
  if (close === undefined) return undefined;
  const open = own[0]?.open ?? last.close;
  return {
    ...{ time, open, close },
    high: Math.max(open, close, ...own.map(({ high }) => high)),
    low: Math.min(open, close, ...own.map(({ low }) => low)),
    volume: own.reduce((sum, { volume }) => sum + volume, 0),
  };
}
