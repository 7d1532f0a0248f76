import type { StoredAccount } from '../accounts/account-repository.ts';
import type { BatchForecasts } from '../decisions/batch-forecasts.ts';
import type { Decisions } from '../decisions/decide.ts';
import type { PackageForecast } from '../decisions/forecasts.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { FILE_FAULTS } from '../packages/stored-file.ts';
import { type RetryOptions, withRetry } from '../runtime/with-retry.ts';
import { accountStateAt } from '../trading/account.ts';
import { recordedGate, windowGate } from '../trading/gates.ts';
import { type PastPoll, tradePastCandles } from '../trading/trade-past-candles.ts';
import { type LoadDependencies, loadRange } from './load-range.ts';
import { type PastCandle, pastCandles } from './past-candles.ts';
import type { Replay, ReplayPhase } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { computeResults, type ResultDependencies } from './results.ts';

export interface RunDependencies extends Omit<LoadDependencies, 'repository'>, ResultDependencies {
  readonly replays: ReplayRepository;
  /** Of this run: once another one begins, its writes are refused. */
  readonly runId: string;
  readonly batchForecasts: BatchForecasts;
  readonly decisions: Pick<Decisions, 'decideOnForecast'>;
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
  const { replays, runId, repository, pause, model, now, onChange } = dependencies;
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
  let replay = begun;
  let stored = (await replays.accounts.find(begun.id)) as StoredAccount;
  const rest = { ...begun, from: stored.account.nextCandle };
  for await (const slice of pastCandles(repository, pipeline, rest, pause)) {
    const currentModel = await model();
    const { result, computed, known } = await withRetry(dependencies, INFERENCE_RETRY, () =>
      tradeSlice(dependencies, currentModel, stored, slice, isDecided),
    );
    const progress = {
      done: replay.done + slice.length,
      incomplete: replay.incomplete + result.withoutIntrabar,
      forecastsComputed: replay.forecastsComputed + computed,
      forecastsKnown: replay.forecastsKnown + known,
    };
    const advanced = await replays.advance(runId, replay, stored, result, progress, now());
    if (advanced === undefined) throw new ReplayLost();
    ({ replay, stored } = advanced);
    onChange({ ...replay, state: 'RUNNING', phase: 'DECIDING' });
    await pause();
  }

  await enter('EVALUATING');
  const results = await computeResults(dependencies, replay, stored, await model(), isDecided);
  await change({ state: 'DONE', phase: null, results, finishedAt: now() });
}

/** Computes the forecasts of a slice in batches (paper.md#46), then trades its candles one after the other. */
async function tradeSlice(
  { batchForecasts, forecasts, decisions, pause }: RunDependencies,
  model: ModelPackage,
  { account, symbol }: StoredAccount,
  slice: readonly PastCandle[],
  isDecided: (asOf: number) => boolean,
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
  const result = await tradePastCandles(
    account,
    slice.map(({ decisionCandle }) => decisionCandle),
    { pollAt: (asOf) => pollOn(decisions, model, byCandle.get(asOf)), afterCandle: pause },
  );
  return { result, computed: computed.length, known: made.length - computed.length };
}

/** The poll that decides on a forecast; null without a forecast. */
function pollOn(
  decisions: Pick<Decisions, 'decideOnForecast'>,
  model: ModelPackage,
  forecast: PackageForecast | undefined,
): PastPoll | null {
  if (forecast === undefined) return null;
  return {
    windowGate: windowGate(forecast.market, forecast.asOf),
    async signal(account, { markPrice }) {
      const state = accountStateAt(account, markPrice);
      const decision = await decisions.decideOnForecast(model, forecast, state, markPrice);
      const { invalid } = decision;
      return invalid === undefined
        ? policySignal(model.pipeline, decision)
        : recordedGate(invalid.reason, invalid.detail);
    },
  };
}
