import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Recording, WEEK_MS } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import { TIMEFRAME_MS, type Timeframe } from '../../../src/candle.ts';
import { readCandleFile } from '../../../src/market/files/read-market-rows.ts';
import { FIXTURES, testRecording, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 10);
const PERIOD = 4 * WEEK_MS;
const recording = await testRecording();
const replay = createReplay(recording);
const TIMEFRAMES: Timeframe[] = ['3m', '15m', '30m', '1h', '4h', '1d'];

const all = { from: undefined, to: undefined, limit: 1 };

describe('the recording of the tests', () => {
  test('has exactly four weeks from a Monday', () => {
    expect(recording.candles[0]?.openTime).toBe(START);
    expect(new Date(START).getUTCDay()).toBe(1);
    expect(recording.candles).toHaveLength(PERIOD / TIMEFRAME_MS['3m']);
    expect(recording.funding).toHaveLength(PERIOD / (8 * 60 * 60_000));
  });

  test('aggregates exactly to the 15m candles of the exchange', async () => {
    const expected = (await readCandleFile(join(FIXTURES, 'market/BTCUSDT-15m.csv.gz'))).filter(
      ({ openTime }) => openTime >= START && openTime < START + PERIOD,
    );
    const now = START + PERIOD;
    expect(replay.candles('15m', { from: START, to: now - 1, limit: 5000, now })).toEqual(expected);
  });
});

describe('a candle', () => {
  const instants = fc.integer({ min: 0, max: 2 ** 42 });
  const timeframes = fc.constantFrom(...TIMEFRAMES);

  test('depends only on its time within the four weeks', () => {
    fc.assert(
      fc.property(instants, timeframes, fc.integer({ min: 1, max: 50 }), (now, timeframe, periods) => {
        const [here] = replay.candles(timeframe, { ...all, now });
        const [there] = replay.candles(timeframe, { ...all, now: now + periods * PERIOD });
        expect(here).toBeDefined();
        expect(there).toEqual({ ...here, openTime: (here?.openTime ?? 0) + periods * PERIOD });
      }),
    );
  });

  test('is the same in every request once it is closed', () => {
    fc.assert(
      fc.property(instants, timeframes, fc.integer({ min: 1, max: 3000 }), (now, timeframe, age) => {
        const length = TIMEFRAME_MS[timeframe];
        const openTime = Math.floor(now / length) * length - age * length;
        fc.pre(openTime >= 0);
        const direct = replay.candles(timeframe, {
          from: openTime,
          to: openTime,
          limit: 1,
          now: openTime + length,
        });
        const later = replay.candles(timeframe, { from: openTime, to: undefined, limit: 3, now });
        const newest = replay.candles(timeframe, { from: undefined, to: openTime, limit: 2, now });
        expect(later[0]).toEqual(direct[0]);
        expect(newest.at(-1)).toEqual(direct[0]);
      }),
    );
  });

  test('grows from its open to the closed candle, and never shrinks', () => {
    fc.assert(
      fc.property(instants, timeframes, fc.integer({ min: 2, max: 40 }), (instant, timeframe, steps) => {
        const length = TIMEFRAME_MS[timeframe];
        const openTime = Math.floor(instant / length) * length;
        const at = (now: number) => replay.candles(timeframe, { ...all, from: openTime, now })[0];
        const final = at(openTime + length);
        expect(at(openTime)).toMatchObject({ openTime, open: final?.open, close: final?.open, volume: 0 });
        let before = at(openTime);
        for (let step = 1; step <= steps; step += 1) {
          const next = at(openTime + Math.floor((length * step) / steps));
          expect(next?.open).toBe(final?.open);
          expect(next?.high).toBeGreaterThanOrEqual(before?.high ?? Number.NaN);
          expect(next?.low).toBeLessThanOrEqual(before?.low ?? Number.NaN);
          expect(next?.high).toBeLessThanOrEqual(final?.high ?? Number.NaN);
          expect(next?.low).toBeGreaterThanOrEqual(final?.low ?? Number.NaN);
          expect(next?.volume).toBeGreaterThanOrEqual(before?.volume ?? Number.NaN);
          before = next;
        }
        expect(before).toEqual(final);
      }),
    );
  });

  test('is unknown before it opens', () => {
    const now = START + 12_345_678;
    const candles = replay.candles('3m', { from: now - 600_000, to: now + 600_000, limit: 100, now });
    expect(candles.at(-1)?.openTime).toBe(Math.floor(now / 180_000) * 180_000);
  });

  test.each(['1m', '5m'] as const)('of %s cannot be made from 3m', (timeframe) => {
    expect(replay.supports(timeframe)).toBe(false);
  });
});

describe('funding', () => {
  test('repeats with the candles, for any number of periods', () => {
    const now = START + 7 * PERIOD + 1;
    const rates = replay.funding({ from: now - 2 * PERIOD, to: undefined, limit: 1000, now });
    expect(rates).toHaveLength(168);
    rates.forEach(({ time, rate }, index) => {
      expect(time % (8 * 60 * 60_000)).toBe(0);
      expect(rates[(index + 84) % 168]?.rate).toBe(rate);
    });
    expect(replay.funding({ ...all, now })).toEqual([{ time: now - 1, rate: recording.funding[0]?.rate }]);
  });
});

describe('the seam of a recording that is scaled to join', () => {
  const { repeatFactor: _, ...scaled } = recording;
  const joined = createReplay(scaled);
  const [first, last] = [recording.candles[0]!, recording.candles.at(-1)!];
  const factor = last.close / first.open;

  test.each([-2, -1, 0, 1, 2, 3])(
    'of repetition %i has no jump, and the recorded returns after it',
    (repetition) => {
      const time = START + repetition * PERIOD;
      const candles = joined.candles('3m', {
        from: time - 180_000,
        to: undefined,
        limit: 481,
        now: time + PERIOD,
      });
      expect(candles[1]?.openTime).toBe(time);
      // Prices have one decimal.
      expect(Math.abs(candles[1]!.open - candles[0]!.close)).toBeLessThan(0.11);
      candles.slice(1).forEach(({ close }, index) => {
        const recorded = recording.candles[index]!.close / first.open;
        expect(close / candles[1]!.open).toBeCloseTo(recorded, 4);
      });
      expect(joined.lastSeam(time + 5)).toEqual({ time, factor: factor ** repetition });
      expect(joined.lastSeam(time - 5)?.time).toBe(time - PERIOD);
    },
  );

  test('is played while prices are within a hundredfold', () => {
    const newest = joined.candles('1d', { ...all, now: START + 1000 * PERIOD })[0]!;
    expect(Math.round((newest.openTime - START) / PERIOD)).toBe(
      Math.floor(Math.log(1 / 100) / Math.log(factor)) + 1,
    );
    expect(newest.close).toBeGreaterThan(last.close / 101);
    expect(joined.funding({ ...all, now: START + 1000 * PERIOD })[0]?.time).toBeGreaterThanOrEqual(
      newest.openTime,
    );
  });

  test('does not exist in a recording that does not repeat', () => {
    expect(createReplay(walk({ start: START, count: 10 })).lastSeam(START)).toBeUndefined();
  });
});

describe('a recording that does not repeat', () => {
  const once = walk({ start: START, count: 100 });
  const played = createReplay({ ...once, candles: once.candles.filter((_, index) => index % 10 !== 3) });

  test('has a beginning, an end and gaps', () => {
    const now = START + WEEK_MS;
    const candles = played.candles('15m', { from: 0, to: undefined, limit: 1500, now });
    expect(candles).toHaveLength(90);
    expect(candles[0]).toEqual(once.candles[0]);
    expect(played.candles('15m', { from: undefined, to: undefined, limit: 5, now })).toEqual(
      once.candles.slice(-5),
    );
    expect(played.candles('15m', { from: undefined, to: START - 1, limit: 5, now })).toEqual([]);
  });
});

describe('a recording cannot be played', () => {
  const week = walk({ start: START, count: 672 });
  const broken: [string, Recording, string][] = [
    ['without candles', { ...week, candles: [] }, 'no candles'],
    [
      'when it repeats but is no whole number of weeks',
      { ...walk({ start: START, count: 600 }), repeats: true },
      'weeks',
    ],
    [
      'when it repeats but has holes',
      { ...week, candles: week.candles.filter((_, index) => index !== 5), repeats: true },
      '1 candles are missing',
    ],
    ['when its candles are not in order', { ...week, candles: week.candles.toReversed() }, 'does not follow'],
    [
      'when funding lies outside',
      { ...week, funding: [{ time: START - 1, rate: 0 }], repeats: true },
      'outside',
    ],
  ];
  test.each(broken)('%s', (_name, recording, words) => {
    expect(() => createReplay(recording)).toThrow(expect.objectContaining({ code: 'MARKET_DATA_INVALID' }));
    expect(() => createReplay(recording)).toThrow(words);
  });
});
