import type { StoredAccount } from '../accounts/account-repository.ts';
import type { BatchForecasts } from '../decisions/batch-forecasts.ts';
import type { Decisions } from '../decisions/decide.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { PackageForecast } from '../decisions/package-forecast.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountStateAt } from '../trading/account.ts';
import { recordedGate, windowGate } from '../trading/gates.ts';
import { type PastPoll, type PastTradingResult, tradePastCandles } from '../trading/trade-past-candles.ts';
import { type CandleSample, computedCandle, type DecidedCandle } from './candle-sample.ts';
import type { PastCandle } from './past-candles.ts';

export interface SliceDependencies {
  readonly batchForecasts: BatchForecasts;
  readonly forecasts: ForecastRepository;
  readonly decisions: Pick<Decisions, 'decideOnForecast'>;
  /** Yields to other work; throws when the replay is stopped. */
  readonly pause: () => Promise<void>;
}

/** What the decision candles of a slice came to. */
export interface SliceResult {
  readonly result: PastTradingResult;
  readonly samples: readonly CandleSample[];
  /** Forecasts that were computed, and those that were stored or cached. */
  readonly computed: number;
  readonly known: number;
}

/** Trades the next slice of an account. */
export type TradeSlice = (
  model: ModelPackage,
  stored: StoredAccount,
  slice: readonly PastCandle[],
) => Promise<SliceResult>;

/** How a forecast is decided on. */
export type PollOn = (model: ModelPackage, forecast: PackageForecast) => PastPoll;

/** What was known when the policy was asked. */
type AskedPolicy = Omit<DecidedCandle, 'action' | 'reason' | 'order'>;

const WINDOWS_PER_PAUSE = 8;

/** Trades by the policy of the package, and samples what it computes on candles that opened a lot and on those of `spread`. */
export function tradeByPolicy(
  dependencies: SliceDependencies,
  isDecided: (asOf: number) => boolean,
  spread: ReadonlySet<number>,
): TradeSlice {
  return async (model, stored, slice) => {
    const asked = new Map<number, AskedPolicy>();
    const pollOn: PollOn = (_, forecast) =>
      policyPoll(dependencies, model, forecast, (known) => asked.set(forecast.asOf, known));
    const { byCandle, ...traded } = await tradeByForecasts(dependencies, isDecided, pollOn)(
      model,
      stored,
      slice,
    );
    return { ...traded, samples: sampleSlice(byCandle, asked, traded.result, spread) };
  };
}

/** Computes the forecasts of a slice in batches (paper.md#46), then trades its candles one after the other. */
export function tradeByForecasts(
  { batchForecasts, forecasts, pause }: SliceDependencies,
  isDecided: (asOf: number) => boolean,
  pollOn: PollOn,
) {
  return async (model: ModelPackage, { account, symbol }: StoredAccount, slice: readonly PastCandle[]) => {
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
      // Also those of the cache: what a warm-up computed is stored nowhere, and its outcome is measured like the others'.
      made.map(({ forecast }) => forecast).filter(({ allFinite, asOf }) => allFinite && !known.has(asOf)),
      'replay',
    );
    const byCandle = new Map(made.map(({ forecast }) => [forecast.asOf, forecast]));
    const pollAt = (asOf: number) => {
      const forecast = byCandle.get(asOf);
      return forecast === undefined ? null : pollOn(model, forecast);
    };
    const result = await tradePastCandles(
      account,
      slice.map(({ decisionCandle }) => decisionCandle),
      { pollAt, afterCandle: pause },
    );
    const counts = { computed: computed.length, known: made.length - computed.length };
    return { result, byCandle, samples: [], ...counts };
  };
}

function policyPoll(
  { decisions }: Pick<SliceDependencies, 'decisions'>,
  model: ModelPackage,
  forecast: PackageForecast,
  onAsked: (asked: AskedPolicy) => void,
): PastPoll {
  return {
    windowGate: windowGate(forecast.market, forecast.asOf),
    async signal(account, { fillPrice, markPrice }) {
      const state = accountStateAt(account, markPrice);
      const decision = await decisions.decideOnForecast(model, forecast, state, markPrice);
      const { wallet, lots } = account;
      const { direction, leverage } = decision.action;
      onAsked({ account: { wallet, lots }, fillPrice, direction, leverage });
      const { invalid } = decision;
      return invalid === undefined
        ? policySignal(model.pipeline, decision)
        : recordedGate(invalid.reason, invalid.detail);
    },
  };
}

function sampleSlice(
  forecasts: ReadonlyMap<number, PackageForecast>,
  decided: ReadonlyMap<number, AskedPolicy>,
  { decisions }: PastTradingResult,
  spread: ReadonlySet<number>,
): CandleSample[] {
  const samples: CandleSample[] = [];
  for (const { asOf, action, reason, order, lotId } of decisions) {
    const forecast = forecasts.get(asOf);
    if (forecast === undefined || (lotId === null && !spread.has(asOf))) continue;
    const asked = decided.get(asOf);
    samples.push({
      asOf,
      computed: computedCandle(forecast),
      decided: asked === undefined ? null : { ...asked, action, reason, order },
    });
  }
  return samples;
}
