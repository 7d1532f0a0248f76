import { LRUCache } from 'lru-cache';
import { comparisonSentence } from './comparison-sentence.ts';
import { type DailyReturns, logReturns, sharedDays } from './daily-equity.ts';
import { adjustByHolm, comparePair, type PairedComparison, pairSeed } from './paired-comparison.ts';

/** The daily results of an account or a replay, by the name that sentences call it. */
export interface NamedRecord {
  readonly name: string;
  readonly dailyReturns: DailyReturns;
  /** Whether its range touches that on which the package was trained. */
  readonly inSample: boolean;
}

/** Two of several records, over the whole days that both have. */
export interface ComparedPair {
  readonly a: string;
  readonly b: string;
  readonly comparison: PairedComparison;
  /** `p` adjusted by all pairs that can be told; null where nothing can be told. */
  readonly adjustedP: number | null;
  readonly sentence: string;
}

/** Compares records over the days that they share. */
export interface CompareRecords {
  /** Two records (statistics.md#20). */
  pair(a: DailyReturns, b: DailyReturns): Promise<PairedComparison>;
  /** Each with each, in the order of their names, so that the order of the records changes nothing (statistics.md#21). */
  all(records: readonly NamedRecord[]): Promise<ComparedPair[]>;
}

/** Keys have 22 characters per day. */
const MAX_ENTRIES = 500;

/** Equal days of two records are compared once. @param pause yields to the event loop */
export function createCompareRecords(pause: () => Promise<void>): CompareRecords {
  const cache = new LRUCache<string, Promise<PairedComparison>>({ max: MAX_ENTRIES });

  function pair(a: DailyReturns, b: DailyReturns): Promise<PairedComparison> {
    const shared = sharedDays([a, b]);
    const [left = [], right = []] = (shared?.values ?? []).map(logReturns);
    const seed = pairSeed(shared?.from ?? 0);
    const days = Buffer.from(Float64Array.from([...left, ...right]).buffer).toString('base64');
    const key = `${seed} ${days}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const computed = comparePair(left, right, seed, pause);
    cache.set(key, computed);
    computed.catch(() => {
      if (cache.peek(key) === computed) cache.delete(key);
    });
    return computed;
  }

  return {
    pair,
    async all(records) {
      const sorted = [...records].sort((a, b) => (a.name < b.name ? -1 : 1));
      const pairs = sorted.flatMap((a, index) => sorted.slice(index + 1).map((b) => ({ a, b })));
      const compared: Pick<ComparedPair, 'a' | 'b' | 'comparison'>[] = [];
      for (const { a, b } of pairs) {
        const measured = await pair(a.dailyReturns, b.dailyReturns);
        const comparison: PairedComparison =
          a.inSample || b.inSample ? { ...measured, withheld: 'IN_SAMPLE', difference: null } : measured;
        compared.push({ a: a.name, b: b.name, comparison });
      }
      const told = compared.filter(({ comparison }) => comparison.difference !== null);
      const adjusted = adjustByHolm(told.map(({ comparison }) => comparison.difference!.p));
      return compared.map((one) => {
        const adjustedP = adjusted[told.indexOf(one)] ?? null;
        const sentence = comparisonSentence({
          ...{ ...one, adjustedP: adjustedP ?? 1 },
          comparisons: told.length,
        });
        return { ...one, adjustedP, sentence };
      });
    },
  };
}
