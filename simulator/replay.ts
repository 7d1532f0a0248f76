import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { aggregateCandles } from '../src/market/store/aggregate-candles.ts';
import { candleSoFar } from './forming-candle.ts';
import { checkRecording, type Recording } from './recording.ts';

/** The time at which a repeating recording starts again: the price jumps there. */
export interface Seam {
  readonly time: number;
  readonly closeBefore: number;
  readonly openAfter: number;
}

export interface RangeQuery {
  /** First open time (or funding time) of the answer, in ms. Without it the answer has the newest ones. */
  readonly from: number | undefined;
  /** Last open time (or funding time) of the answer, in ms. */
  readonly to: number | undefined;
  readonly limit: number;
  /** The exchange's clock, in ms: nothing later is known. */
  readonly now: number;
}

/** A recording moved in time: its data at a time depends on that time only. */
export interface Replay {
  readonly symbol: string;
  /** Decimals of prices and volumes in the recording. */
  readonly decimals: { readonly price: number; readonly volume: number };
  /** Whether candles of `timeframe` can be aggregated from the recording. */
  supports(timeframe: Timeframe): boolean;
  /** Candles in order of time; the last one may still be forming. */
  candles(timeframe: Timeframe, query: RangeQuery): Candle[];
  /** Settlements in order of time. */
  funding(query: RangeQuery): FundingRate[];
  /** The last seam before `now`; undefined when the recording does not repeat. */
  lastSeam(now: number): Seam | undefined;
}

const modulo = (value: number, divisor: number) => ((value % divisor) + divisor) % divisor;

/** @throws PaperdeskError MARKET_DATA_INVALID when the recording cannot be played */
export function createReplay(recording: Recording): Replay {
  checkRecording(recording);
  const { symbol, timeframe: base, repeats } = recording;
  const baseMs = TIMEFRAME_MS[base];
  const first = recording.candles[0] as Candle;
  const last = recording.candles.at(-1) as Candle;
  const anchor = first.openTime;
  const period = last.openTime + baseMs - anchor;
  const decimals = {
    price: maxDecimals(pricesOf(recording.candles)),
    volume: maxDecimals(recording.candles.map(({ volume }) => volume)),
  };
  const recorded: (Candle | undefined)[] = new Array(period / baseMs);
  for (const candle of recording.candles) recorded[(candle.openTime - anchor) / baseMs] = candle;

  /** The recorded candle of `base` that is played at `openTime`, with that open time. */
  function baseCandle(openTime: number): Candle | undefined {
    const phase = repeats ? modulo(openTime - anchor, period) : openTime - anchor;
    const candle = recorded[phase / baseMs];
    return candle === undefined ? undefined : { ...candle, openTime };
  }

  /** The candle that opens at `openTime` as it is at `now`. */
  function candleAt(openTime: number, lengthMs: number, now: number): Candle | undefined {
    const inside: Candle[] = [];
    for (let time = openTime; time < openTime + lengthMs && time <= now; time += baseMs) {
      const candle = baseCandle(time);
      if (candle === undefined) continue;
      const closed = time + baseMs <= now;
      inside.push(closed ? candle : candleSoFar(candle, (now - time) / baseMs, decimals));
    }
    if (inside.length === 0) return undefined;
    return lengthMs === baseMs ? inside[0] : aggregateCandles(openTime, inside, decimals.volume);
  }

  function candles(timeframe: Timeframe, { from, to, limit, now }: RangeQuery): Candle[] {
    const lengthMs = TIMEFRAME_MS[timeframe];
    const floor = (time: number) => Math.floor(time / lengthMs) * lengthMs;
    const oldest = repeats ? 0 : floor(anchor);
    const newest = Math.min(
      floor(Math.min(now, to ?? now)),
      repeats ? Number.POSITIVE_INFINITY : last.openTime,
    );
    const found: Candle[] = [];
    if (from === undefined) {
      for (let time = floor(newest); time >= oldest && found.length < limit; time -= lengthMs) {
        const candle = candleAt(time, lengthMs, now);
        if (candle !== undefined) found.push(candle);
      }
      return found.reverse();
    }
    const start = Math.max(Math.ceil(from / lengthMs) * lengthMs, oldest);
    for (let time = start; time <= newest && found.length < limit; time += lengthMs) {
      const candle = candleAt(time, lengthMs, now);
      if (candle !== undefined) found.push(candle);
    }
    return found;
  }

  function funding({ from, to, limit, now }: RangeQuery): FundingRate[] {
    const newest = Math.min(now, to ?? now);
    const oldest = Math.max(from ?? 0, repeats ? 0 : anchor);
    const found: FundingRate[] = [];
    if (recording.funding.length === 0) return found;
    const round = (time: number) => (repeats ? Math.floor((time - anchor) / period) : 0);
    const rounds = { first: round(oldest), last: round(newest) };
    const inRound = (number: number) =>
      recording.funding
        .map(({ time, rate }) => ({ time: time + number * period, rate }))
        .filter(({ time }) => time >= oldest && time <= newest);
    if (from === undefined) {
      for (let number = rounds.last; number >= rounds.first && found.length < limit; number -= 1) {
        found.unshift(...inRound(number));
      }
      return found.slice(-limit);
    }
    for (let number = rounds.first; number <= rounds.last && found.length < limit; number += 1) {
      found.push(...inRound(number));
    }
    return found.slice(0, limit);
  }

  return {
    symbol,
    decimals,
    supports(timeframe) {
      const lengthMs = TIMEFRAME_MS[timeframe];
      return lengthMs % baseMs === 0 && (!repeats || (anchor % lengthMs === 0 && period % lengthMs === 0));
    },
    candles,
    funding,
    lastSeam(now) {
      if (!repeats) return undefined;
      const time = anchor + Math.floor((now - anchor) / period) * period;
      return { time, closeBefore: last.close, openAfter: first.open };
    },
  };
}

/** The largest number of decimals of any of `values`. */
function maxDecimals(values: Iterable<number>): number {
  let max = 0;
  for (const value of values) if (!hasDecimals(value, max)) max = Math.max(max, decimalsOf(value));
  return Math.min(max, 20);
}

/** Whether `places` decimals are certainly enough; faster than formatting the number. */
function hasDecimals(value: number, places: number): boolean {
  const shifted = value * 10 ** places;
  return Math.abs(shifted) < Number.MAX_SAFE_INTEGER && Math.round(shifted) / 10 ** places === value;
}

function decimalsOf(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const point = digits.indexOf('.');
  return Math.max(0, (point === -1 ? 0 : digits.length - point - 1) - Number(exponent));
}

function* pricesOf(candles: readonly Candle[]): Generator<number> {
  for (const { open, high, low, close } of candles) yield* [open, high, low, close];
}
