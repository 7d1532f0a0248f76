import { type Interval, Z } from './interval.ts';

/**
 * The 90 % interval of Wilson (1927) for a share.
 * @param share observed, 0..1
 * @param n independent observations, above 0
 * @throws RangeError without observations
 */
export function wilsonInterval(share: number, n: number): Interval {
  if (!(n > 0)) throw new RangeError(`A share needs observations, not ${n}.`);
  const scale = 1 + Z ** 2 / n;
  const center = (share + Z ** 2 / (2 * n)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2))) / scale;
  return [Math.max(0, center - half), Math.min(1, center + half)];
}
