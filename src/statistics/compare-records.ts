import { createComputationCache } from '../runtime/computation-cache.ts';
import { comparisonSentence } from './comparison-sentence.ts';
import { type DailyReturns, logReturns, sharedDays } from './daily-equity.ts';
import { keyOfDays } from './key-of-days.ts';
import {
  adjustByHolm,
  comparePair,
  type Grade,
  gradeOf,
  type PairedComparison,
  type PairWithheld,
  pairSeed,
} from './paired-comparison.ts';
import type { Performance } from './performance.ts';

/** The daily results of an account or a replay, by the name that sentences call it. */
export interface NamedRecord {
  readonly name: string;
  readonly dailyReturns: DailyReturns;
  /** Why it cannot be compared with any other; null if it can. */
  readonly withheld: Extract<PairWithheld, 'IN_SAMPLE' | 'RUINED'> | null;
}

/** Two of several records, over the whole days that both have. */
export interface ComparedPair {
  readonly a: string;
  readonly b: string;
  readonly comparison: PairedComparison;
  /** `p` adjusted by all pairs that can be told; null where nothing can be told. */
  readonly adjustedP: number | null;
  /** By `adjustedP`; null with it. */
  readonly grade: Grade | null;
  readonly sentence: string;
}

/** A pair of which nothing is said yet. */
export type MeasuredPair = Pick<ComparedPair, 'a' | 'b' | 'comparison'>;

/** Compares records over the days that they share. */
export interface CompareRecords {
  /** Two records (statistics.md#20); `tellPairs` says what may be said about it. */
  measure(a: NamedRecord, b: NamedRecord): Promise<MeasuredPair>;
  /** Each with each, in the order of their names, so that the order of the records changes nothing (statistics.md#21). */
  all(records: readonly NamedRecord[]): Promise<ComparedPair[]>;
}

const MAX_ENTRIES = 500;

/** Equal days of two records are compared once. @param pause yields to the event loop */
export function createCompareRecords(pause: () => Promise<void>): CompareRecords {
  const cache = createComputationCache<PairedComparison>(MAX_ENTRIES);

  function pair(a: DailyReturns, b: DailyReturns): Promise<PairedComparison> {
    const shared = sharedDays([a, b]);
    const [left = [], right = []] = (shared?.values ?? []).map(logReturns);
    const seed = pairSeed(shared?.from ?? 0);
    return cache.get(keyOfDays(seed, [...left, ...right]), () => comparePair(left, right, seed, pause));
  }

  async function measure(a: NamedRecord, b: NamedRecord): Promise<MeasuredPair> {
    const measured = await pair(a.dailyReturns, b.dailyReturns);
    const withheld = withheldOf(a, b);
    const comparison = withheld === null ? measured : { ...measured, withheld, difference: null };
    return { a: a.name, b: b.name, comparison };
  }

  return {
    measure,
    async all(records) {
      const sorted = [...records].sort((a, b) => (a.name < b.name ? -1 : 1));
      const pairs = sorted.flatMap((a, index) => sorted.slice(index + 1).map((b) => ({ a, b })));
      const compared: MeasuredPair[] = [];
      for (const { a, b } of pairs) compared.push(await measure(a, b));
      return tellPairs(compared);
    },
  };
}

/** A record by the name that sentences call it. */
export function namedRecord(name: string, performance: Performance): NamedRecord {
  return { name, dailyReturns: performance.dailyReturns, withheld: noEvidence(performance) };
}

/** Why nothing can be compared with a record: it is no evidence, or it lost everything; null if neither. */
function noEvidence({ inSample, counts }: Pick<Performance, 'inSample' | 'counts'>): NamedRecord['withheld'] {
  if (inSample) return 'IN_SAMPLE';
  return counts.ruined ? 'RUINED' : null;
}

/** What may be said about pairs that are shown together: Holm's method counts those that can be told. */
export function tellPairs(pairs: readonly MeasuredPair[]): ComparedPair[] {
  const told = pairs.filter(({ comparison }) => comparison.difference !== null);
  const adjusted = adjustByHolm(told.map(({ comparison }) => comparison.difference!.p));
  return pairs.map((pair) => {
    const adjustedP = adjusted[told.indexOf(pair)] ?? null;
    const sentence = comparisonSentence({
      ...{ ...pair, adjustedP: adjustedP ?? 1 },
      comparisons: told.length,
    });
    const { difference } = pair.comparison;
    const grade = difference === null || adjustedP === null ? null : gradeOf(adjustedP, difference.mean);
    return { ...pair, adjustedP, grade, sentence };
  });
}

/** Why a record forbids any comparison; that it is no evidence comes before its result. */
function withheldOf(a: NamedRecord, b: NamedRecord): NamedRecord['withheld'] {
  const codes = [a.withheld, b.withheld];
  if (codes.includes('IN_SAMPLE')) return 'IN_SAMPLE';
  return codes.includes('RUINED') ? 'RUINED' : null;
}
