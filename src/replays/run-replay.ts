import type { StoredAccount } from '../accounts/account-repository.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { FILE_FAULTS } from '../packages/stored-file.ts';
import { type RetryOptions, withRetry } from '../runtime/with-retry.ts';
import type { Trials } from '../statistics/trials.ts';
import { spreadCandles } from './candle-sample.ts';
import { finish } from './finish.ts';
import { type LoadDependencies, loadRange } from './load-range.ts';
import { checkLookAhead, type LookAheadDependencies } from './look-ahead.ts';
import { pastCandles } from './past-candles.ts';
import type { LookAhead, Replay, ReplayPhase } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';
import type { ResultDependencies } from './results.ts';
import type { SampleRepository } from './sample-repository.ts';
import { counterfactualTrader } from './trade-counterfactual.ts';
import { type SliceDependencies, tradeByPolicy } from './trade-slice.ts';

export interface RunDependencies
  extends Omit<LoadDependencies, 'repository'>,
    ResultDependencies,
    SliceDependencies,
    Pick<LookAheadDependencies, 'singleForecasts' | 'decisions' | 'windowAt'> {
  readonly replays: ReplayRepository;
  readonly samples: SampleRepository;
  readonly trials: Pick<Trials, 'record'>;
  /** Of this run: once another one begins, its writes are refused. */
  readonly runId: string;
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
  const { counterfactual } = begun;
  const trade =
    counterfactual === null
      ? tradeByPolicy(dependencies, isDecided, spreadCandles(begun, decided))
      : await counterfactualTrader(dependencies, begun, counterfactual, isDecided);
  const retry: LookAheadDependencies['retry'] = (work) => withRetry(dependencies, INFERENCE_RETRY, work);
  let replay = begun;
  let stored = (await replays.accounts.find(begun.id)) as StoredAccount;
  const rest = { ...begun, from: stored.account.nextCandle };
  for await (const slice of pastCandles(repository, pipeline, rest, windowAt, pause)) {
    const currentModel = await model();
    const { result, samples, computed, known } = await retry(() => trade(currentModel, stored, slice));
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

  const lookAhead = counterfactual === null ? await check() : null;
  await enter('EVALUATING');
  const finished = await finish(dependencies, { replay, stored, model: await model(), isDecided, lookAhead });
  await change({ state: 'DONE', phase: null, ...finished, finishedAt: now() });
  await dependencies.samples.remove(begun.id);

  async function check(): Promise<LookAhead> {
    await enter('CHECKING');
    return checkLookAhead({ ...dependencies, retry }, replay, stored);
  }
}
