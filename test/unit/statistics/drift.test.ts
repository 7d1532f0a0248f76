import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driftAlerts, driftSentence, type WatchedFeature } from '../../../src/statistics/drift-alerts.ts';
import {
  type DriftDay,
  type DriftState,
  driftDayOf,
  isBrokenByConstancy,
  NO_DRIFT,
  nextDriftState,
  QUIET_DAYS,
  QUIET_DAYS_IN_PRICE_UNITS,
} from '../../../src/statistics/drift-state.ts';
import {
  driftWindowOf,
  featureDayOf,
  mergeDays,
  stabilityIndex,
} from '../../../src/statistics/feature-days.ts';
import { watchOf } from '../../../src/statistics/watched-features.ts';
import { expectFiniteNumbers } from '../../helper/finite-numbers.ts';

const TRAINING = { mean: 2, scale: 0.5, quantiles: { edges: [1, 2, 3], shares: [0.1, 0.4, 0.4, 0.1] } };

const day = (changes: Partial<DriftDay> = {}): DriftDay => ({
  ...{ zDay: 0, isConstant: false, zWeek: 0, beyond3Week: 0 },
  ...changes,
});
const QUIET = day();
const WILD = day({ zWeek: 3.4 });
const BETWEEN = day({ zWeek: 2.5 });

function statesOf(days: readonly DriftDay[], quietDays = QUIET_DAYS): DriftState[] {
  let current = NO_DRIFT;
  return days.map((one) => {
    current = nextDriftState(current, one, quietDays);
    return current;
  });
}

const times = (count: number, one: DriftDay) => Array.from({ length: count }, () => one);

describe('windows of a feature', () => {
  it('are the same from days as from all values together', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const values = fc.array(value, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 7 }), (days) => {
        const merged = mergeDays(days.map((one) => featureDayOf(one, TRAINING)));
        const whole = featureDayOf(days.flat(), TRAINING);
        const [a, b] = [driftWindowOf(merged, TRAINING), driftWindowOf(whole, TRAINING)];
        expectFiniteNumbers([a, stabilityIndex(merged, TRAINING)]);
        expect(a).toEqual({ ...b, z: expect.closeTo(b.z, 6), ratio: expect.closeTo(b.ratio, 6) });
        expect(merged.bins).toEqual(whole.bins);
      }),
    );
  });

  it('measure mean, deviation and outliers in training deviations', () => {
    const window = driftWindowOf(featureDayOf([3, 3, 4, 2], TRAINING), TRAINING);
    expect(window).toEqual({ z: 2, ratio: Math.SQRT1_2 * 2, beyond3: 0.25, constant: false });
    expect(driftWindowOf(featureDayOf([0.1, 0.1, 0.1], TRAINING), TRAINING)).toMatchObject({
      ...{ ratio: 0, beyond3: 1, constant: true },
    });
  });

  it('compare shares by bin, an edge in the bin below it, empty bins as 0.01 %', () => {
    const same = featureDayOf([0.5, 1.5, 1.6, 1.7, 2, 2.5, 2.6, 2.7, 3, 4], TRAINING);
    expect(same.bins).toEqual([1, 4, 4, 1]);
    expect(stabilityIndex(same, TRAINING)).toBeCloseTo(0, 12);
    const far = featureDayOf([9], TRAINING);
    const expected =
      (0.1 - 1e-4) * Math.log(1000) + 2 * (0.4 - 1e-4) * Math.log(4000) + (0.1 - 1) * Math.log(0.1);
    expect(stabilityIndex(far, TRAINING)).toBeCloseTo(expected, 12);
    expect(stabilityIndex(far, { mean: 2, scale: 0.5 })).toBeNull();
  });

  it('need values, days and a scale', () => {
    expect(() => featureDayOf([], TRAINING)).toThrow('A day needs at least one value.');
    expect(() => featureDayOf([1], { mean: 0, scale: 0 })).toThrow('A scale must be above 0, not 0.');
    expect(() => mergeDays([])).toThrow('A window needs at least one day.');
  });
});

describe('the state of a feature', () => {
  it('is DRIFT after five wild days in a row, and over after seven quiet ones', () => {
    const days = [...times(4, WILD), BETWEEN, ...times(5, WILD), BETWEEN, ...times(7, QUIET), QUIET];
    expect(statesOf(days).map(({ state }) => state)).toEqual([
      ...Array.from({ length: 9 }, () => null),
      ...Array.from({ length: 8 }, () => 'DRIFT'),
      null,
      null,
    ]);
  });

  it('counts the days since the values left the training range', () => {
    const days = statesOf([QUIET, ...times(6, WILD), BETWEEN, ...times(7, QUIET)]).map((one) => one.days);
    expect(days).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0]);
    const [broken, next] = statesOf([day({ zDay: -9 }), QUIET]);
    expect([broken!.days, next!.days]).toEqual([1, 2]);
  });

  it('is BROKEN at once, and then never only DRIFT', () => {
    const states = statesOf([day({ isConstant: true }), ...times(6, WILD), ...times(7, QUIET)]);
    expect(states.map(({ state }) => state)).toEqual([...Array.from({ length: 13 }, () => 'BROKEN'), null]);
  });

  it('never changes faster than the rules allow', () => {
    const drawn = fc.record({
      zDay: fc.double({ min: -9, max: 9, noNaN: true }),
      isConstant: fc.integer({ max: 20, min: 0 }).map((value) => value === 0),
      zWeek: fc.option(fc.double({ min: -4, max: 4, noNaN: true })),
      beyond3Week: fc.double({ min: 0, max: 0.3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 60 }), fc.constantFrom(2, 7), (days, quiet) => {
        const states = statesOf(days, quiet);
        expectFiniteNumbers(states);
        states.forEach(({ state }, at) => {
          const before = states[at - 1]?.state ?? null;
          if (before !== null && state === null) expect(states[at]!.quietDays).toBe(quiet);
          if (before === 'BROKEN') expect(state).not.toBe('DRIFT');
          if (before === null && state === 'DRIFT') expect(states[at]!.wildDays).toBe(5);
        });
      }),
    );
  });

  it('needs the same values all day, of the funding rate 0 for three days', () => {
    const of = (...values: number[]) => featureDayOf(values, TRAINING);
    expect(isBrokenByConstancy([of(1, 2), of(3, 3)], true)).toBe(true);
    expect(isBrokenByConstancy([of(3, 3), of(1, 2)], true)).toBe(false);
    expect(isBrokenByConstancy([of(1, 1), of(1, 1), of(1, 1)], false)).toBe(false);
    expect(isBrokenByConstancy([of(0, 0), of(0, 0)], false)).toBe(false);
    expect(isBrokenByConstancy([of(0, 0), of(0, 0), of(0, 0)], false)).toBe(true);
    expect(isBrokenByConstancy([], true)).toBe(false);
  });

  it('takes a week from the seventh day on', () => {
    const window = driftWindowOf(featureDayOf([1, 3], TRAINING), TRAINING);
    expect(driftDayOf(window, null, false)).toMatchObject({ zDay: 0, zWeek: null, beyond3Week: null });
    expect(driftDayOf(window, window, false)).toMatchObject({ zWeek: 0, beyond3Week: 0 });
  });
});

it('calendar features are not watched, and those in price units apart', () => {
  const unwatched = ['hour_sin', 'dow_cos', 'hour_utc', 'time_to_next_funding_steps'];
  expect(unwatched.filter((name) => watchOf(name).isWatched)).toEqual([]);
  const inPrice = ['atr_14', 'atr_96', 'macd', 'macd_signal', 'macd_hist_6_13_4'];
  expect(inPrice.filter((name) => !watchOf(name).inPriceUnits)).toEqual([]);
  const others = ['ret_4', 'vol_96', 'rsi_14', 'ema_20_dist', 'vol_log'];
  expect(others.map(watchOf)).toEqual(
    others.map(() => ({ isWatched: true, inPriceUnits: false, breaksWhenConstant: true })),
  );
  expect(watchOf('funding_rate_now')).toMatchObject({ isWatched: true, breaksWhenConstant: false });
});

describe('alerts of a package', () => {
  const feature = (name: string, days: readonly DriftDay[], inPriceUnits = false): WatchedFeature => ({
    ...{ feature: name, inPriceUnits, day: days.at(-1)! },
    state: statesOf(days, inPriceUnits ? QUIET_DAYS_IN_PRICE_UNITS : QUIET_DAYS).at(-1)!,
  });

  it('are one per kind, with all features that are on', () => {
    const alerts = driftAlerts(
      [
        feature('ret_4', times(9, QUIET)),
        feature('vol_96', times(6, WILD)),
        feature('rsi_14', [day({ zDay: 9.12 })]),
        feature('atr_14', times(6, WILD), true),
      ],
      'USDT',
    );
    expect(alerts).toEqual([
      {
        ...{ kind: 'others', state: 'BROKEN', features: ['rsi_14', 'vol_96'] },
        sentences: [
          'rsi_14 was 9.1 deviations above the training range on the last day: its data may be broken.',
          'vol_96 has been 3.4 deviations above the training range for 6 days.',
        ],
      },
      {
        ...{ kind: 'price units', state: 'DRIFT', features: ['atr_14'] },
        sentences: [
          'atr_14 has been 3.4 deviations above the training range for 6 days; this feature is in USDT and the ' +
            'price has moved since training; it will not pass.',
        ],
      },
    ]);
    expect(driftAlerts([feature('ret_4', times(9, QUIET))], 'USDT')).toEqual([]);
  });

  it('say what is so today', () => {
    const sentence = (days: readonly DriftDay[]) => driftSentence(feature('vol_96', days), 'USDT');
    expect(sentence([day({ isConstant: true })])).toBe(
      'vol_96 does not change any more: its data may be broken.',
    );
    expect(sentence([day({ zDay: 1e12 })])).toBe(
      'vol_96 was over 1,000 deviations above the training range on the last day: its data may be broken.',
    );
    expect(sentence(times(6, day({ zWeek: -3.21 })))).toBe(
      'vol_96 has been 3.2 deviations below the training range for 6 days.',
    );
    expect(sentence(times(5, day({ beyond3Week: 0.284 })))).toBe(
      "vol_96 has had values beyond 3 deviations of the training range for 5 days, 28 % of the last week's.",
    );
    expect(sentence([...times(5, WILD), QUIET, QUIET])).toBe(
      'vol_96 left the training range 6 days ago and has been quiet for 2 of the 7 days after which this is over.',
    );
    expect(sentence([day({ zDay: 9 }), BETWEEN])).toBe(
      'vol_96 was broken 1 day ago and has been quiet for 0 of the 7 days after which this is over.',
    );
  });
});
