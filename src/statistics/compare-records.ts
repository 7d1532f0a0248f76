import { LRUCache } from 'lru-cache';
import { comparisonSentence } from './comparison-sentence.ts';
import { type DailyReturns, logReturns, sharedDays } from './daily-equity.ts';
import {
  adjustByHolm,
  comparePair,
  type Grade,
  gradeOf,
  type PairedComparison,
  type PairWithheld,
  pairSeed,
} from './paired-comparison.ts';

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
        const withheld = withheldOf(a, b);
        const comparison = withheld === null ? measured : { ...measured, withheld, difference: null };
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
        const { difference } = one.comparison;
        const grade = difference === null || adjustedP === null ? null : gradeOf(adjustedP, difference.mean);
        return { ...one, adjustedP, grade, sentence };
      });
    },
  };
}

/** Why a record forbids any comparison; that it is no evidence comes before its result. */
function withheldOf(a: NamedRecord, b: NamedRecord): NamedRecord['withheld'] {
  const codes = [a.withheld, b.withheld];
  if (codes.includes('IN_SAMPLE')) return 'IN_SAMPLE';
  return codes.includes('RUINED') ? 'RUINED' : null;
}
