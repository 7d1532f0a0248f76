import { bootstrapIntervals } from '../../src/statistics/bootstrap.ts';
import {
  type FeatureDrift,
  MONTH_DAYS,
  nextFeatureDrift,
  type WatchedTraining,
} from '../../src/statistics/feature-drift.ts';
import { comparePair } from '../../src/statistics/paired-comparison.ts';

// How often what the statistics promise holds on simulated records, by the code that judges real ones.

const pause = async () => {};

/**
 * Share (0..1) of records whose 90 % interval of a figure has the true value in it; records without an interval miss it.
 * @param records simple daily returns of each record
 * @param figure the interval that is looked at
 * @param truth the value behind all records, in the figure's unit
 */
export async function intervalCoverage(
  records: Iterable<readonly number[]>,
  figure: 'totalReturn' | 'sharpe' | 'sortino' | 'maxDrawdown',
  truth: number,
): Promise<number> {
  let [covered, count] = [0, 0];
  for (const returns of records) {
    const interval = (await bootstrapIntervals(returns, `interval|${count}`, pause))[figure];
    if (interval !== null && interval[0] <= truth && truth <= interval[1]) covered += 1;
    count += 1;
  }
  return covered / count;
}

/**
 * Share (0..1) of pairs whose difference has a p-value of at most `level`; pairs that cannot be told count as none.
 * @param pairs daily log returns of the same days
 */
export async function pairedAlarmRate(
  pairs: Iterable<readonly [readonly number[], readonly number[]]>,
  level: number,
): Promise<number> {
  let [alarms, count] = [0, 0];
  for (const [a, b] of pairs) {
    const { difference } = await comparePair(a, b, `pair|${count}`, pause);
    if (difference !== null && difference.p <= level) alarms += 1;
    count += 1;
  }
  return alarms / count;
}

/**
 * The days, counted from 0, on which drift of a feature is raised.
 * @param days values of the feature on each day, at least one
 */
export function driftAlarms(training: WatchedTraining, days: Iterable<ArrayLike<number>>): number[] {
  const known: FeatureDrift[] = [];
  for (const values of days) known.push(nextFeatureDrift(training, values, known.slice(1 - MONTH_DAYS)));
  const on = known.map(({ state }) => state.state !== null);
  return on.flatMap((isOn, day) => (isOn && on[day - 1] !== true ? [day] : []));
}
