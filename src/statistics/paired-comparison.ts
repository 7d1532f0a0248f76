import { meanOf, varies } from './daily-ratios.ts';
import { NEEDED } from './gates.ts';
import { type Interval, LOWER_LEVEL, UPPER_LEVEL } from './interval.ts';
import { quantileOf } from './quantile.ts';
import { blockLength, DRAWS, drawDays, widening } from './stationary-draws.ts';
import { dateOf } from './utc-days.ts';

/** Who earned more, and how surely. */
export type Grade = 'A_CLEAR' | 'A_LEAN' | 'NONE' | 'B_LEAN' | 'B_CLEAR';

/** Why there is no difference to tell; the first two are known of one record without the other. */
export type PairWithheld = 'IN_SAMPLE' | 'RUINED' | 'FEW_DAYS' | 'EQUAL' | 'FEW_ACTIVE_DAYS' | 'NO_VARIATION';

/** The difference of two records over the same days; rates are of ln equity a day, A minus B. */
export interface PairedDifference {
  readonly seed: string;
  /** Mean length of a block, days. */
  readonly block: number;
  readonly mean: number;
  /** 90 % interval of the mean. */
  readonly interval: Interval;
  /** Share of resampled pasts in which A is ahead, 0..1. It is no probability that A is better. */
  readonly shareAhead: number;
  /** By how much the interval is wider than its percentiles. */
  readonly widening: number;
  /** How often chance alone gives a difference as large, 0..1. */
  readonly p: number;
  /** By `p`, as if this were the only pair. */
  readonly grade: Grade;
}

/** Either `withheld` says why there is no difference to tell, or `difference` has it. */
export interface PairedComparison {
  readonly days: number;
  /** Days on which they differ. */
  readonly activeDays: number;
  readonly withheld: PairWithheld | null;
  readonly difference: PairedDifference | null;
}

/** The seed of a paired comparison. @param from begin of the first day that both share, ms */
export function pairSeed(from: number): string {
  return `pair|${dateOf(from)}`;
}

/**
 * Compares two records over the same whole days by the stationary bootstrap of their difference (statistics.md#20).
 * @param a daily log returns; `b` those of the same days
 * @param pause yields to the event loop
 * @throws RangeError if the days are not as many
 */
export async function comparePair(
  a: readonly number[],
  b: readonly number[],
  seed: string,
  pause: () => Promise<void>,
): Promise<PairedComparison> {
  if (a.length !== b.length) throw new RangeError(`${a.length} days cannot be paired with ${b.length}.`);
  const differences = a.map((value, day) => value - b[day]!);
  const days = differences.length;
  const activeDays = differences.filter((value) => value !== 0).length;
  const withheld = withheldCode(differences, activeDays);
  const difference = withheld === null ? await measure(differences, seed, pause) : null;
  return { days, activeDays, withheld, difference };
}

function withheldCode(differences: readonly number[], activeDays: number): PairWithheld | null {
  if (differences.length < NEEDED.days) return 'FEW_DAYS';
  if (activeDays === 0) return 'EQUAL';
  if (activeDays < NEEDED.activeDays) return 'FEW_ACTIVE_DAYS';
  return varies(differences) ? null : 'NO_VARIATION';
}

async function measure(
  differences: readonly number[],
  seed: string,
  pause: () => Promise<void>,
): Promise<PairedDifference> {
  const days = differences.length;
  const mean = meanOf(differences);
  // There are at least 30 days, and so more than a block has.
  const factor = widening(days)!;
  const means = new Float64Array(DRAWS);
  const compute = (positions: Uint32Array, draw: number) => {
    let sum = 0;
    for (let day = 0; day < days; day++) sum += differences[positions[day]!]!;
    means[draw] = sum / days;
  };
  await drawDays(days, seed, compute, pause);
  const [ahead, equal] = [means.filter((value) => value > 0), means.filter((value) => value === 0)];
  const asLarge = means.filter((value) => factor * Math.abs(value - mean) >= Math.abs(mean));
  const p = (1 + asLarge.length) / (DRAWS + 1);
  const sorted = means.sort();
  const end = (level: number) => mean + factor * (quantileOf(sorted, level) - mean) + 0;
  return {
    seed,
    block: blockLength(days),
    mean: mean + 0,
    interval: [end(LOWER_LEVEL), end(UPPER_LEVEL)],
    shareAhead: (ahead.length + equal.length / 2) / DRAWS,
    widening: factor,
    p,
    grade: gradeOf(p, mean),
  };
}

const CLEAR_P = 0.05;
const LEAN_P = 0.2;

/** @param p adjusted where several pairs are compared; `mean` is that of A minus B */
export function gradeOf(p: number, mean: number): Grade {
  if (p > LEAN_P || mean === 0) return 'NONE';
  const ahead = mean > 0 ? 'A' : 'B';
  return p <= CLEAR_P ? `${ahead}_CLEAR` : `${ahead}_LEAN`;
}

/** The p-values of several comparisons, adjusted by the method of Holm (1979), in the same order. */
export function adjustByHolm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((index, smaller) => {
    largest = Math.max(largest, Math.min(1, (ps.length - smaller) * ps[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}
