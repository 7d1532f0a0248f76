import {
  type CompareRecords,
  type MeasuredPair,
  namedRecord,
  tellPairs,
} from '../statistics/compare-records.ts';
import {
  type Caveats,
  noStopsSentence,
  randomEntriesSentence,
  signOfMedianSentence,
} from '../statistics/counterfactual-sentences.ts';
import type { PairedComparison } from '../statistics/paired-comparison.ts';
import type { Performance } from '../statistics/performance.ts';
import { RANDOM_ACCOUNTS } from '../statistics/random-entries.ts';
import { type Counterfactual, hasFailed, type Replay } from './replay-job.ts';

/** What one counterfactual came to, beside its original. */
export interface ComparedCounterfactual {
  readonly id: string;
  /** 0.1 for 10 %. */
  readonly totalReturn: number;
  readonly sentence: string;
  readonly comparison: PairedComparison;
  /** Adjusted among the comparisons of the original; null where it is withheld. */
  readonly adjustedP: number | null;
  readonly comparisonSentence: string;
}

/** What the counterfactuals of a replay say about it. A kind that is not done yet is null. */
export interface CounterfactualResults {
  /** Counterfactuals that are done, of how many; failed ones are not done. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly noStops: ComparedCounterfactual | null;
  readonly signOfMedian: ComparedCounterfactual | null;
  /** Of all random accounts together. */
  readonly randomEntries: {
    /** 0.1 for 10 %, by the number of the account. */
    readonly totalReturns: readonly number[];
    readonly ahead: number;
    readonly sentence: string;
  } | null;
}

const NAMES = { no_stops: 'the same without stops', sign_of_median: 'the simplest policy' } as const;
type PairedKind = keyof typeof NAMES;

/** Reads what counterfactuals say about their original (statistics.md#74). */
export function createCounterfactualResults(records: Pick<CompareRecords, 'measure'>) {
  return async function read(original: Replay, others: readonly Replay[]): Promise<CounterfactualResults> {
    const done = others.filter(({ results }) => results !== null);
    const measured: MeasuredPair[] = [];
    for (const kind of ['no_stops', 'sign_of_median'] as const) {
      const replay = done.find(isOf(kind));
      if (replay === undefined) continue;
      measured.push(
        await records.measure(
          namedRecord('This replay', performanceOf(original)),
          namedRecord(NAMES[kind], performanceOf(replay)),
        ),
      );
    }
    const told = tellPairs(measured);
    const resultOf = (kind: PairedKind): ComparedCounterfactual | null => {
      const replay = done.find(isOf(kind));
      const pair = told.find(({ b }) => b === NAMES[kind]);
      if (replay === undefined || pair === undefined) return null;
      const performance = performanceOf(replay);
      const { totalReturn } = performance;
      return {
        ...{ id: replay.id, totalReturn, comparison: pair.comparison, adjustedP: pair.adjustedP },
        sentence: (kind === 'no_stops' ? noStopsSentence : signOfMedianSentence)({
          totalReturn,
          ...caveatsOf(performance),
        }),
        comparisonSentence: pair.sentence,
      };
    };
    return {
      done: done.length,
      total: others.length,
      failed: others.filter(hasFailed).length,
      noStops: resultOf('no_stops'),
      signOfMedian: resultOf('sign_of_median'),
      randomEntries: randomResults(original, done.filter(isOf('random_entries'))),
    };
  };
}

function isOf(kind: Counterfactual['kind']) {
  return ({ counterfactual }: Replay) => counterfactual?.kind === kind;
}

function performanceOf({ id, results }: Replay): Performance {
  if (results === null) throw new RangeError(`${id} has no results.`);
  return results.performance;
}

/** What a sentence about a result has to say beside its numbers. */
function caveatsOf({ inSample, counts }: Performance): Caveats {
  return { inSample, isRuined: counts.ruined };
}

/** Null before all of them are done: fewer say less. */
function randomResults(original: Replay, random: readonly Replay[]): CounterfactualResults['randomEntries'] {
  if (random.length < RANDOM_ACCOUNTS) return null;
  const { totalReturn: own } = performanceOf(original);
  const totalReturns = [...random]
    .sort((a, b) => (a.counterfactual?.k ?? 0) - (b.counterfactual?.k ?? 0))
    .map((replay) => performanceOf(replay).totalReturn);
  const ahead = totalReturns.filter((other) => own > other).length;
  return {
    totalReturns,
    ahead,
    sentence: randomEntriesSentence({ ahead, ...caveatsOf(performanceOf(original)) }),
  };
}
