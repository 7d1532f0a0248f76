import { type Candle, TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';

type Decimals = { readonly price: number; readonly volume: number };

/** Stands for numbers that a recording does not have: quote volume, trades, taker volumes. */
const NONE = '0';

/** A candle as a row of Binance's REST answer. */
export function klineRow(candle: Candle, timeframe: Timeframe, decimals: Decimals): (number | string)[] {
  const { openTime } = candle;
  return [
    openTime,
    candle.open.toFixed(decimals.price),
    candle.high.toFixed(decimals.price),
    candle.low.toFixed(decimals.price),
    candle.close.toFixed(decimals.price),
    candle.volume.toFixed(decimals.volume),
    openTime + TIMEFRAME_MS[timeframe] - 1,
    NONE,
    0,
    NONE,
    NONE,
    NONE,
  ];
}

export interface KlineMoment {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly candle: Candle;
  readonly closed: boolean;
  /** The exchange's clock, in ms. */
  readonly now: number;
}

/** A candle as an event of Binance's kline stream. */
export function klineEvent(
  { symbol, timeframe, candle, closed, now }: KlineMoment,
  decimals: Decimals,
): unknown {
  return {
    e: 'kline',
    E: now,
    s: symbol,
    k: {
      t: candle.openTime,
      T: candle.openTime + TIMEFRAME_MS[timeframe] - 1,
      s: symbol,
      i: timeframe,
      f: 0,
      L: 0,
      o: candle.open.toFixed(decimals.price),
      c: candle.close.toFixed(decimals.price),
      h: candle.high.toFixed(decimals.price),
      l: candle.low.toFixed(decimals.price),
      v: candle.volume.toFixed(decimals.volume),
      n: 0,
      x: closed,
      q: NONE,
      V: NONE,
      Q: NONE,
      B: NONE,
    },
  };
}
