import type { StoredAccount } from '../accounts/account-repository.ts';
import type { BatchForecasts } from '../decisions/batch-forecasts.ts';
import type { Decisions } from '../decisions/decide.ts';
import type { PackageForecast } from '../decisions/package-forecast.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { FILE_FAULTS } from '../packages/stored-file.ts';
import { type RetryOptions, withRetry } from '../runtime/with-retry.ts';
import { type Trials, trialKey } from '../statistics/trials.ts';
import { accountStateAt } from '../trading/account.ts';
import { recordedGate, windowGate } from '../trading/gates.ts';
import { type PastPoll, tradePastCandles } from '../trading/trade-past-candles.ts';
import { type CandleSample, computedCandle, type DecidedCandle, spreadCandles } from './candle-sample.ts';
import { type LoadDependencies, loadRange } from './load-range.ts';
import { checkLookAhead, type LookAheadDependencies } from './look-ahead.ts';
import { type PastCandle, pastCandles } from './past-candles.ts';
import type { Replay, ReplayPhase } from './replay-job.ts';
import type { ReplayRepository, TradedSlice } from './replay-repository.ts';
import { computeResults, type ResultDependencies } from './results.ts';
import type { SampleRepository } from './sample-repository.ts';

export interface RunDependencies
  extends Omit<LoadDependencies, 'repository'>,
    ResultDependencies,
    Pick<LookAheadDependencies, 'singleForecasts' | 'decisions' | 'windowAt'> {
  readonly replays: ReplayRepository;
  readonly samples: SampleRepository;
  readonly trials: Pick<Trials, 'record'>;
  /** Of this run: once another one begins, its writes are refused. */
  readonly runId: string;
  readonly batchForecasts: BatchForecasts;
  /** The package as it is now. @throws if its files or weights are not those that the replay began with */
  readonly model: () => Promise<ModelPackage>;
  readonly now: () => number;
  /** Called after every change of the replay. */
  readonly onChange: (replay: Replay) => void;
}

/** The replay was cancelled, or another run continues it. */
export class ReplayLost extends Error {}

const INFERENCE_PAUSE_MS = 5000;
const INFERENCE_RETRY: RetryOptions = {
  codes: ['INFERENCE_UNAVAILABLE', ...FILE_FAULTS],
  attempts: 5,
  pauseMs: (_, retryAfterMs) => retryAfterMs || INFERENCE_PAUSE_MS,
};

const WINDOWS_PER_PAUSE = 8;

/**
 * Runs a replay to its end. It can be interrupted at any time and continues from its stored state (paper.md#47).
 * @throws ReplayLost, what `pause` and `model` throw, MARKET_UNAVAILABLE, MARKET_DATA_INVALID, and errors of inference
 */
export async function runReplay(dependencies: RunDependencies, begun: Replay): Promise<void> {
  const { replays, runId, repository, windowAt, pause, model, now, onChange } = dependencies;
  const change = async (changes: Parameters<ReplayRepository['change']>[1]) => {
    const changed = await replays.change(begun.id, changes, runId);
    if (changed === undefined) throw new ReplayLost();
    onChange(changed);
  };
  const enter = (phase: ReplayPhase) => change({ phase });

  await enter('LOADING');
  const { pipeline } = await model();
  await loadRange(dependencies, pipeline, begun);

  await enter('DECIDING');
  const decided = await replays.decidedCandles(begun.id);
  const decidedTimes = new Set(decided);
  const isDecided = (asOf: number) => decided === null || decidedTimes.has(asOf);
  const spread = spreadCandles(begun, decided);
  const retry: LookAheadDependencies['retry'] = (work) => withRetry(dependencies, INFERENCE_RETRY, work);
  let replay = begun;
  let stored = (await replays.accounts.find(begun.id)) as StoredAccount;
  const rest = { ...begun, from: stored.account.nextCandle };
  for await (const slice of pastCandles(repository, pipeline, rest, windowAt, pause)) {
    const currentModel = await model();
    const { result, samples, computed, known } = await retry(() =>
      tradeSlice(dependencies, currentModel, stored, slice, isDecided, spread),
    );
    const progress = {
      done: replay.done + slice.length,
      incomplete: replay.incomplete + result.withoutIntrabar,
      forecastsComputed: replay.forecastsComputed + computed,
      forecastsKnown: replay.forecastsKnown + known,
    };
    const advanced = await replays.advance(
      runId,
      replay,
      stored,
      { outcome: result, samples },
      progress,
      now(),
    );
    if (advanced === undefined) throw new ReplayLost();
    ({ replay, stored } = advanced);
    onChange({ ...replay, state: 'RUNNING', phase: 'DECIDING' });
    await pause();
  }

  await enter('CHECKING');
  const lookAhead = await checkLookAhead({ ...dependencies, retry }, replay, stored);

  await enter('EVALUATING');
  const results = await computeResults(dependencies, replay, stored, await model(), isDecided, lookAhead);
  const { symbol, from, to, packageVersion, settings } = replay;
  const key = trialKey(packageVersion, settings);
  await dependencies.trials.record({ symbol, key, from, to, performance: results.performance });
  await change({ state: 'DONE', phase: null, results, finishedAt: now() });
  await dependencies.samples.remove(begun.id);
}

/** Computes the forecasts of a slice in batches (paper.md#46), then trades its candles one after the other. */
async function tradeSlice(
  { batchForecasts, forecasts, decisions, pause }: RunDependencies,
  model: ModelPackage,
  { account, symbol }: StoredAccount,
  slice: readonly PastCandle[],
  isDecided: (asOf: number) => boolean,
  spread: ReadonlySet<number>,
) {
  const windows = [];
  for (const { decisionCandle, window } of slice) {
    if (!isDecided(decisionCandle.candle.openTime)) continue;
    windows.push(window());
    if (windows.length % WINDOWS_PER_PAUSE === 0) await pause();
  }
  const source = { packageId: model.id, packageVersion: model.version, symbol };
  const stored = await forecasts.range(source, {
    from: windows[0]?.closeTime ?? 0,
    to: windows.at(-1)?.closeTime ?? -1,
  });
  const known = new Map(stored.map(({ asOf, quantiles }) => [asOf, quantiles]));
  const made = await batchForecasts.forWindows(model, windows, known, pause);
  const computed = made.filter(({ isComputed }) => isComputed).map(({ forecast }) => forecast);
  await forecasts.store(
    source,
    computed.filter(({ allFinite }) => allFinite),
    'replay',
  );
  const byCandle = new Map(made.map(({ forecast }) => [forecast.asOf, forecast]));
  const decided = new Map<number, AskedPolicy>();
  const onDecision = (asOf: number, asked: AskedPolicy) => decided.set(asOf, asked);
  const result = await tradePastCandles(
    account,
    slice.map(({ decisionCandle }) => decisionCandle),
    { pollAt: (asOf) => pollOn(decisions, model, byCandle.get(asOf), onDecision), afterCandle: pause },
  );
  const samples = sampleSlice(model, byCandle, decided, result, spread);
  return { result, samples, computed: computed.length, known: made.length - computed.length };
}

type AskedPolicy = Omit<DecidedCandle, 'action' | 'reason' | 'order'>;

/** The samples of a slice: candles that opened a lot, and those of `spread`. */
function sampleSlice(
  { pipeline }: ModelPackage,
  forecasts: ReadonlyMap<number, PackageForecast>,
  decided: ReadonlyMap<number, AskedPolicy>,
  { decisions }: TradedSlice['outcome'],
  spread: ReadonlySet<number>,
): CandleSample[] {
  const samples: CandleSample[] = [];
  for (const { asOf, action, reason, order, lotId } of decisions) {
    const forecast = forecasts.get(asOf);
    if (forecast === undefined || (lotId === null && !spread.has(asOf))) continue;
    const asked = decided.get(asOf);
    samples.push({
      asOf,
      computed: computedCandle(pipeline, forecast),
      decided: asked === undefined ? null : { ...asked, action, reason, order },
    });
  }
  return samples;
}

/** The poll that decides on a forecast; null without a forecast. */
function pollOn(
  decisions: Pick<Decisions, 'decideOnForecast'>,
  model: ModelPackage,
  forecast: PackageForecast | undefined,
  onDecision: (asOf: number, asked: AskedPolicy) => void,
): PastPoll | null {
  if (forecast === undefined) return null;
  return {
    windowGate: windowGate(forecast.market, forecast.asOf),
    async signal(account, { asOf, fillPrice, markPrice }) {
      const state = accountStateAt(account, markPrice);
      const decision = await decisions.decideOnForecast(model, forecast, state, markPrice);
      const { wallet, lots } = account;
      const { direction, leverage } = decision.action;
      onDecision(asOf, { account: { wallet, lots }, fillPrice, direction, leverage });
      const { invalid } = decision;
      return invalid === undefined
        ? policySignal(model.pipeline, decision)
        : recordedGate(invalid.reason, invalid.detail);
    },
  };
}
