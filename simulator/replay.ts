import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { aggregateCandles } from '../src/market/store/aggregate-candles.ts';
import { type Decimals, decimalsOf, scaledCandle } from './decimals.ts';
import { candleSoFar } from './forming-candle.ts';
import { checkRecording, type Recording } from './recording.ts';

/** Where two stretches of a recording, or its end and its beginning, meet. */
export interface Seam {
  readonly time: number;
  /** Prices from here on are the recorded ones times this, so that none jumps. */
  readonly factor: number;
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
  readonly decimals: Decimals;
  /** Whether candles of `timeframe` can be aggregated from the recording. */
  supports(timeframe: Timeframe): boolean;
  /** Candles in order of time; the last one may still be forming. */
  candles(timeframe: Timeframe, query: RangeQuery): Candle[];
  /** Settlements in order of time. */
  funding(query: RangeQuery): FundingRate[];
  /** The last seam before `now`; undefined when there is none. */
  lastSeam(now: number): Seam | undefined;
}

/** Repetitions in which prices would be beyond this factor, or below its inverse, are not played: they have too few digits. */
const MAX_FACTOR = 100;

/** @throws PaperdeskError MARKET_DATA_INVALID when the recording cannot be played */
export function createReplay(recording: Recording): Replay {
  checkRecording(recording);
  const { symbol, timeframe: base, repeats } = recording;
  const baseMs = TIMEFRAME_MS[base];
  const first = recording.candles[0] as Candle;
  const last = recording.candles.at(-1) as Candle;
  const anchor = first.openTime;
  const period = last.openTime + baseMs - anchor;
  const decimals = decimalsOf(recording.candles);
  const { repeatFactor = last.close / first.open } = recording;
  const stretches = recording.stretches ?? [{ start: anchor, factor: 1 }];
  const repetitionAt = (time: number) => (repeats ? Math.floor((time - anchor) / period) : 0);
  const maxRepetition = Math.floor(Math.log(MAX_FACTOR) / Math.abs(Math.log(repeatFactor)));
  const begin = repeats ? Math.max(0, anchor - maxRepetition * period) : anchor;
  const end = repeats ? anchor + (maxRepetition + 1) * period : anchor + period;
  const recorded: (Candle | undefined)[] = new Array(period / baseMs);
  for (const candle of recording.candles) recorded[(candle.openTime - anchor) / baseMs] = candle;

  /** The recorded candle of `base` that is played at `openTime`, with that open time. */
  function baseCandle(openTime: number): Candle | undefined {
    const repetition = repetitionAt(openTime);
    const candle = recorded[(openTime - anchor - repetition * period) / baseMs];
    if (candle === undefined) return undefined;
    return scaledCandle({ ...candle, openTime }, repeatFactor ** repetition, decimals.price);
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
    const oldest = floor(begin);
    const newest = Math.min(floor(Math.min(now, to ?? now)), end - baseMs);
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
    const newest = Math.min(now, to ?? now, repeats ? end - 1 : now);
    const oldest = Math.max(from ?? 0, begin);
    const found: FundingRate[] = [];
    if (recording.funding.length === 0) return found;
    const rounds = { first: repetitionAt(oldest), last: repetitionAt(newest) };
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
      const repetition = repetitionAt(now);
      const seams = stretches.map(({ start, factor }) => ({
        time: start + repetition * period,
        factor: factor * repeatFactor ** repetition,
      }));
      return seams.findLast(({ time }) => time <= now && (repeats || time !== anchor));
    },
  };
}

const replays = new WeakMap<Recording, Replay>();

/** As `createReplay`, once for each recording. */
export function replayOf(recording: Recording): Replay {
  const replay = replays.get(recording) ?? createReplay(recording);
  replays.set(recording, replay);
  return replay;
}
