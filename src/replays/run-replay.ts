import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { BatchForecasts } from '../decisions/batch-forecasts.ts';
import type { Decisions } from '../decisions/decide.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { PackageForecast } from '../decisions/forecasts.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import { PaperdeskError } from '../errors.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountIdOf } from '../packages/package-id.ts';
import { totalMargin } from '../pipeline/account-state.ts';
import { createAccountPerformances } from '../statistics/account-performances.ts';
import { measureForecastQuality } from '../statistics/forecast-quality.ts';
import { accountStateAt, equityAt, freeBalance } from '../trading/account.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import { recordedGate, windowGate } from '../trading/gates.ts';
import { accountLotOf } from '../trading/lot.ts';
import { type PastPoll, tradePastCandles } from '../trading/trade-past-candles.ts';
import { type LoadParts, loadRange } from './load-range.ts';
import { type PastCandle, pastCandles } from './past-candles.ts';
import type { Replay, ReplayPhase, ReplayResults } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';

export interface RunParts extends Omit<LoadParts, 'repository'> {
  readonly repository: MarketRepository;
  readonly replays: ReplayRepository;
  readonly history: HistoryRepository;
  readonly forecasts: ForecastRepository;
  readonly batchForecasts: BatchForecasts;
  readonly decisions: Pick<Decisions, 'decideOnForecast'>;
  /** The package as it is now. @throws when it is not any more what the replay began with */
  readonly model: () => Promise<ModelPackage>;
  readonly now: () => number;
  /** Told of every change of the replay. */
  readonly onChange: (replay: Replay) => void;
}

/** The replay is not ours to go on with: it was cancelled, or somebody else runs it. */
export class ReplayLost extends Error {}

const ATTEMPTS = 5;
const PAUSE_MS = 5000;
/** Candles whose reasons are counted at once: some milliseconds. */
const CANDLES_COUNTED = 3000;

/**
 * Takes a replay from where it is to its end; what is stored on the way is enough to go on from at any time.
 * @throws ReplayTaken, what `pause` and `model` throw, MARKET_UNAVAILABLE, MARKET_DATA_INVALID, and what inference throws
 */
export async function runReplay(parts: RunParts, begun: Replay): Promise<void> {
  const { replays, repository, now, onChange } = parts;
  const enter = async (phase: ReplayPhase) => {
    const changed = await replays.change(begun.id, { phase });
    if (changed === undefined) throw new ReplayLost();
    onChange(changed);
  };
  await enter('LOADING');
  await loadRange(parts, begun);
  await enter('DECIDING');
  const decided = await replays.decidedCandles(begun.id);
  const isDecided = decided === null ? () => true : isIn(decided);
  let replay = begun;
  let stored = (await replays.accounts.find(begun.id)) as StoredAccount;
  const rest = { ...begun, from: stored.account.nextCandle };
  for await (const slice of pastCandles(repository, rest, parts.pause)) {
    const model = await parts.model();
    const traded = await patiently(parts, () => tradeSlice(parts, model, stored, slice, isDecided));
    const { result, computed, known } = traded;
    const progress = {
      done: replay.done + slice.length,
      incomplete: replay.incomplete + result.withoutIntrabar,
      forecastsComputed: replay.forecastsComputed + computed,
      forecastsKnown: replay.forecastsKnown + known,
    };
    const advanced = await replays.advance(replay, stored, result, progress, now());
    if (advanced === undefined) throw new ReplayLost();
    ({ replay, stored } = advanced);
    onChange({ ...replay, state: 'RUNNING', phase: 'DECIDING' });
    await parts.pause();
  }
  await enter('EVALUATING');
  const results = await evaluate(parts, replay, stored, await parts.model(), isDecided);
  const done = await replays.change(replay.id, { state: 'DONE', phase: null, results, finishedAt: now() });
  if (done === undefined) throw new ReplayLost();
  onChange(done);
}

/** Trades a slice of decision candles: first computes all of their forecasts, then trades one after the other. */
async function tradeSlice(
  { batchForecasts, forecasts, decisions, pause }: RunParts,
  model: ModelPackage,
  { account, symbol }: StoredAccount,
  slice: readonly PastCandle[],
  isDecided: (asOf: number) => boolean,
) {
  const windows = [];
  for (const { decisionCandle, window } of slice) {
    if (!isDecided(decisionCandle.candle.openTime)) continue;
    windows.push(window());
    if (windows.length % 8 === 0) await pause();
  }
  const source = { packageId: model.id, packageVersion: model.version, symbol };
  const stored = await forecasts.range(source, {
    from: windows[0]?.closeTime ?? 0,
    to: windows.at(-1)?.closeTime ?? -1,
  });
  const known = new Map(stored.map((one) => [one.asOf, one.quantiles]));
  const made = await batchForecasts.forWindows(model, windows, known, pause);
  const fresh = made.filter(({ isComputed, forecast }) => isComputed && forecast.allFinite);
  await forecasts.store(
    source,
    fresh.map(({ forecast }) => forecast),
    'replay',
  );
  const byCandle = new Map(made.map(({ forecast }) => [forecast.asOf, forecast]));
  const result = await tradePastCandles(
    account,
    slice.map(({ decisionCandle }) => decisionCandle),
    {
      pollAt: (asOf) => pollOn(decisions, model, byCandle.get(asOf)),
      afterCandle: pause,
    },
  );
  const computed = made.filter(({ isComputed }) => isComputed).length;
  return { result, computed, known: made.length - computed };
}

/** The poll that decides on a forecast; null without one. */
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
      return invalid === undefined ? policySignal(decision) : recordedGate(invalid.reason, invalid.detail);
    },
  };
}

async function evaluate(
  { replays, repository, forecasts, history, pause }: RunParts,
  { id, from, to, symbol }: Replay,
  stored: StoredAccount,
  model: ModelPackage,
  isDecided: (asOf: number) => boolean,
): Promise<ReplayResults> {
  const { account } = stored;
  const [newest] = await repository.candles.newest(symbol, '15m', 1, to - DECISION_CANDLE_MS);
  const price = newest?.close ?? 0;
  // Intervals are drawn as those of the package's account: equal replays have equal ones.
  const seedOf = () => accountIdOf(model.id);
  const performances = createAccountPerformances({
    history,
    candles: repository.candles,
    seedOf,
    pause,
  });
  const reasons: Record<string, number> = {};
  for (let start = from; start < to; start += CANDLES_COUNTED * DECISION_CANDLE_MS) {
    const end = Math.min(to, start + CANDLES_COUNTED * DECISION_CANDLE_MS);
    for (const [what, count] of await replays.reasons(id, start, end))
      reasons[what] = (reasons[what] ?? 0) + count;
    await pause();
  }
  return {
    status: account.status,
    wallet: account.wallet,
    freeBalance: freeBalance(account),
    equity: equityAt(account, price),
    openLots: account.lots.length,
    openMargin: totalMargin(account.lots.map(accountLotOf)),
    performance: await performances.readWithNewIntervals({ stored, price }),
    reasons,
    quality: await measureForecastQuality(
      { forecasts, candles: repository.candles, pause },
      {
        source: { packageId: model.id, packageVersion: model.version, symbol },
        levels: model.manifest.forecast_quantiles,
        ...{ from, to: to - DECISION_CANDLE_MS, knownTo: to, includes: isDecided },
      },
    ),
  };
}

/** When the inference process is away the replay is not to blame. */
async function patiently<T>({ sleep, pause }: RunParts, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      await pause();
      const passing = error instanceof PaperdeskError && error.code === 'INFERENCE_UNAVAILABLE';
      if (!passing || attempt === ATTEMPTS) throw error;
      await sleep((error.retryAfterSeconds ?? 0) * 1000 || PAUSE_MS);
    }
  }
}

function isIn(times: readonly number[]): (time: number) => boolean {
  const set = new Set(times);
  return (time) => set.has(time);
}
