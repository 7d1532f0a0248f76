import { counted } from '../runtime/counted.ts';
import { NEEDED } from './gates.ts';
import { gradeOf, type PairedComparison, type PairedDifference } from './paired-comparison.ts';

const DAYS_PER_MONTH = 30.4;

/** Rates above this (1,000 % a month) are not written out. */
const LARGEST_RATE = 10;

/** What is compared with what. */
export interface ComparedPair {
  /** Names of the two, as in the comparison. */
  readonly a: string;
  readonly b: string;
  readonly comparison: PairedComparison;
  /** The p-value among all comparisons that are shown together, adjusted by `adjustByHolm`. */
  readonly adjustedP: number;
  /** How many comparisons are shown together. */
  readonly comparisons: number;
}

/** What may be said about two packages (statistics.md#21): who earned more, and whether chance could do that. */
export function comparisonSentence({ a, b, comparison, adjustedP, comparisons }: ComparedPair): string {
  const { difference } = comparison;
  if (difference === null) return withheldSentence(comparison);
  const sentence = gradedSentence(a, b, comparison.days, difference, adjustedP);
  return comparisons > 1 ? `${sentence} ${amongSeveral(comparisons, difference, adjustedP)}` : sentence;
}

/** The interval is that of one pair: it may exclude 0 where the pair among others says nothing. */
function amongSeveral(
  comparisons: number,
  { mean, interval: [lower, upper] }: PairedDifference,
  p: number,
): string {
  const looksDifferent = gradeOf(p, mean) === 'NONE' && (lower > 0 || upper < 0);
  const why = looksDifferent ? '; among so many, chance makes some look this different' : '';
  return `This is one of ${comparisons} comparisons${why}.`;
}

function gradedSentence(
  a: string,
  b: string,
  days: number,
  { mean, interval: [lower, upper] }: PairedDifference,
  p: number,
): string {
  const grade = gradeOf(p, mean);
  const rates = (rate: number, from: number, to: number) => {
    const digits = digitsFor(rate);
    return `${monthly(rate, digits)} % a month (${monthly(from, digits)} to ${monthly(to, digits)}).`;
  };
  const digits = digitsFor(Math.max(Math.abs(lower), Math.abs(upper)));
  switch (grade) {
    case 'A_CLEAR':
      return `${a} earned more than ${b}: ${rates(mean, lower, upper)} Chance alone rarely does this.`;
    case 'B_CLEAR':
      return `${b} earned more than ${a}: ${rates(-mean, -upper, -lower)} Chance alone rarely does this.`;
    case 'A_LEAN':
      return `${a} seems ahead of ${b}, but chance could do this: ${rates(mean, lower, upper)}`;
    case 'B_LEAN':
      return `${b} seems ahead of ${a}, but chance could do this: ${rates(-mean, -upper, -lower)}`;
    case 'NONE':
      return (
        `No difference can be told after ${days} days: ` +
        `anything from ${signed(lower, digits)} % to ${signed(upper, digits)} % a month fits.`
      );
  }
}

function withheldSentence({ days, activeDays, withheld }: PairedComparison): string {
  switch (withheld) {
    case 'EQUAL':
      return `Both had the same result on each of ${days} days.`;
    case 'FEW_ACTIVE_DAYS':
      return `Their results differ on ${activeDays} of ${days} days; ${NEEDED.activeDays} are needed to compare them.`;
    case 'NO_VARIATION':
      return `Their results differ by the same amount on each of ${days} days, so chance cannot be measured.`;
    case 'IN_SAMPLE':
      return 'One of them was trained on candles of this range, so its result is no evidence.';
    case 'RUINED':
      return 'One of them lost all of its equity, so there is no rate to compare.';
    default:
      return `They have ${counted(days, 'whole day')} in common; ${NEEDED.days} are needed to compare them.`;
  }
}

const MOST_DIGITS = 4;

/** Digits after the point: one, or as many as a smaller rate needs to differ from 0. @param rate of ln equity a day */
function digitsFor(rate: number): number {
  let digits = 1;
  while (digits < MOST_DIGITS && isZero(monthly(rate, digits))) digits += 1;
  return digits;
}

/** @param rate of ln equity a day */
function monthly(rate: number, digits: number): string {
  const grown = Math.expm1(DAYS_PER_MONTH * rate);
  if (grown > LARGEST_RATE) return 'over 1,000';
  const scale = 10 ** digits;
  return (Math.round(grown * 100 * scale) / scale + 0).toFixed(digits);
}

function signed(rate: number, digits: number): string {
  const text = monthly(rate, digits);
  return rate > 0 && !isZero(text) && !text.startsWith('over') ? `+${text}` : text;
}

function isZero(rate: string): boolean {
  return Number(rate) === 0;
}
