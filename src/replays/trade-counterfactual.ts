import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { PackageForecast } from '../decisions/package-forecast.ts';
import { decodeAction } from '../pipeline/decode-action.ts';
import {
  createRandomEntries,
  type OriginalEntries,
  originalEntries,
  randomEntrySeed,
  randomEntrySignal,
} from '../statistics/random-entries.ts';
import { signOfMedianAction } from '../statistics/sign-of-median.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import { recordedGate, windowGate } from '../trading/gates.ts';
import type { Signal } from '../trading/signal.ts';
import { type PastPoll, tradePastCandles } from '../trading/trade-past-candles.ts';
import type { Counterfactual, Replay } from './replay-job.ts';
import { type SliceDependencies, type TradeSlice, tradeByForecasts, tradeByPolicy } from './trade-slice.ts';

export interface CounterfactualDependencies extends SliceDependencies {
  readonly history: Pick<HistoryRepository, 'decisions'>;
}

const PAGE_ROWS = 500;
/** The policy of the sign of the median has no spread. */
const NO_STD = [0, 0, 0, 0, 0];

/**
 * How a counterfactual replay trades (statistics.md#70 to statistics.md#72). Without stops it is the policy; the settings of
 * its account leave them out.
 */
export async function counterfactualTrader(
  dependencies: CounterfactualDependencies,
  replay: Replay,
  { of, kind, k }: Counterfactual,
  isDecided: (asOf: number) => boolean,
): Promise<TradeSlice> {
  if (kind === 'no_stops') return tradeByPolicy(dependencies, isDecided, new Set());
  if (kind === 'sign_of_median')
    return tradeByForecasts(dependencies, isDecided, (_, forecast) => signOfMedianPoll(forecast));
  const original = await readOriginal(dependencies, of);
  const signals = drawSignals(replay, k ?? 0, original);
  return tradeAtRandom(dependencies, signals);
}

function signOfMedianPoll(forecast: PackageForecast): PastPoll {
  return {
    windowGate: windowGate(forecast.market, forecast.asOf),
    signal(_, { markPrice, atr14 }) {
      if (!forecast.allFinite)
        return recordedGate(
          'INVALID_FEATURES',
          'The features or the forecast have a number that is not finite.',
        );
      const mean = signOfMedianAction(forecast.quantiles, { close: markPrice, atr14 });
      return { source: 'policy', action: decodeAction({ mean, std: NO_STD }), evidence: null };
    },
  };
}

interface Original {
  readonly entries: OriginalEntries;
  /** Close times (ms) of the candles it decided on, in order. */
  readonly decided: readonly number[];
}

async function readOriginal({ history, pause }: CounterfactualDependencies, id: string): Promise<Original> {
  const records: Pick<DecisionRecord, 'decided' | 'lotId' | 'evidence'>[] = [];
  const decided: number[] = [];
  let after: { readonly asOf: number } | undefined;
  for (;;) {
    const page = await history.decisions(id, PAGE_ROWS, after);
    for (const { asOf, lotId, evidence, decided: isDecided } of page) {
      if (!isDecided) continue;
      decided.push(asOf);
      // Evidence has about a kilobyte, and only that of entries is read.
      records.push({ decided: isDecided, lotId, evidence: lotId === null ? null : evidence });
    }
    after = page.at(-1);
    if (page.length < PAGE_ROWS) break;
    await pause();
  }
  return { entries: originalEntries(records.reverse()), decided: decided.reverse() };
}

/** The drawn signals by the close times (ms) of all candles that the original decided on. */
function drawSignals(
  { symbol, from }: Pick<Replay, 'symbol' | 'from'>,
  k: number,
  { entries, decided }: Original,
): ReadonlyMap<number, Signal> {
  const draw = createRandomEntries(randomEntrySeed(symbol, from, k), entries);
  return new Map(decided.map((asOf) => [asOf, randomEntrySignal(draw(), entries.intents)]));
}

/** Needs no forecasts. */
function tradeAtRandom(
  { pause }: Pick<SliceDependencies, 'pause'>,
  signals: ReadonlyMap<number, Signal>,
): TradeSlice {
  return async (_, { account }, slice) => {
    const pollAt = (asOf: number): PastPoll | null => {
      const signal = signals.get(asOf);
      return signal === undefined ? null : { windowGate: null, signal: () => signal };
    };
    const candles = slice.map(({ decisionCandle }) => decisionCandle);
    const result = await tradePastCandles(account, candles, { pollAt, afterCandle: pause });
    // A draw without an entry is not a decision of the package.
    const decisions = result.decisions.filter(({ lotId }) => lotId !== null);
    return { result: { ...result, decisions }, samples: [], computed: 0, known: 0 };
  };
}
