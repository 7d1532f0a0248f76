import { expect, it } from 'vitest';
import { normalQuantile } from '../../../src/pipeline/normal-distribution.ts';
import { seededRandom } from '../../helper/random.ts';
import { driftAlarms, intervalCoverage, pairedAlarmRate } from '../../helper/simulated-rates.ts';

/** Independent normal numbers; 4096 quantiles are enough to draw from. */
const QUANTILES = Float64Array.from({ length: 4096 }, (_, i) => normalQuantile((i + 0.5) / 4096));
function normals(seed: number): (count: number) => number[] {
  const random = seededRandom(seed);
  return (count) => Array.from({ length: count }, () => QUANTILES[Math.floor(random() * 4096)]!);
}

const MEAN = 0.0005;
const DEVIATION = 0.01;

/** Share of simulated records whose 90 % interval of the Sharpe ratio has the true ratio in it. */
function coverage(days: number, records: number): Promise<number> {
  const draw = normals(days);
  const returns = () => draw(days).map((value) => MEAN + DEVIATION * value);
  const truth = (MEAN / DEVIATION) * Math.sqrt(365);
  return intervalCoverage(Array.from({ length: records }, returns), 'sharpe', truth);
}

it('intervals of 30 days cover as often as statistics.md#15 promises', async () => {
  const share = await coverage(30, 120);
  expect(share).toBeGreaterThan(0.79);
  expect(share).toBeLessThanOrEqual(0.91);
});

it('intervals of 120 days cover almost as often as they should', async () => {
  const share = await coverage(120, 40);
  expect(share).toBeGreaterThan(0.82);
  expect(share).toBeLessThanOrEqual(0.95);
});

it('the paired test rarely sees a difference where there is none', async () => {
  const draw = normals(1);
  const returns = () => draw(60).map((value) => DEVIATION * value);
  const rate = await pairedAlarmRate(
    Array.from({ length: 100 }, () => [returns(), returns()] as const),
    0.05,
  );
  expect(rate).toBeGreaterThanOrEqual(0.02);
  expect(rate).toBeLessThanOrEqual(0.1);
});

it('drift of features like those of training rarely alarms, and a shift of them soon does', () => {
  const perDay = 96;
  const training = {
    ...{ feature: 'vol_96', mean: 0, scale: 1 },
    ...{ inPriceUnits: false, breaksWhenConstant: true },
  };
  /** Alarms of a feature that forgets half of a deviation in some two days, with another mean from a day on. */
  const alarms = (seed: number, days: number, shiftedFrom: number, shift: number) => {
    const draw = normals(seed);
    const kept = 0.9965;
    let [value] = draw(1) as [number];
    const valuesOf = (day: number) =>
      draw(perDay).map((noise) => {
        value = kept * value + Math.sqrt(1 - kept ** 2) * noise;
        return value + (day < shiftedFrom ? 0 : shift);
      });
    return driftAlarms(
      training,
      Array.from({ length: days }, (_, day) => valuesOf(day)),
    );
  };
  const years = Array.from({ length: 20 }, (_, seed) => alarms(seed + 1, 365, 365, 0));
  expect(years.flat().length / years.length).toBeLessThanOrEqual(0.2);
  const shifted = Array.from({ length: 10 }, (_, seed) => alarms(seed + 1, 60, 30, 5)[0]!);
  expect(shifted.every((day) => day >= 32 && day <= 40)).toBe(true);
});
