import type { MarketWindow } from '../market/sync/market-history.ts';
import { type ModelPackage, requireInService, requireNotArchived } from '../packages/model-package.ts';
import { type AccountState, accountVector } from '../pipeline/account-state.ts';
import { type DecodedAction, decodeAction } from '../pipeline/decode-action.ts';
import { normalizeObservation, observation } from '../pipeline/observation.ts';
import type { Forecasts } from './forecasts.ts';
import type { Normalizations } from './normalizations.ts';
import type { PackageEngine } from './package-engine.ts';
import type { PackageForecast } from './package-forecast.ts';

/** Why the market or the models allow no new position, in the order of checking (forecast-and-policy.md#39). */
export type InvalidReason = 'STALE' | 'GAP' | 'INVALID_FEATURES';

/** What a package decides on one closed candle for one state of an account. */
export interface Decision {
  readonly forecast: PackageForecast;
  /** The 9 account values the policy saw. */
  readonly account: Float64Array;
  readonly action: DecodedAction;
  /** Set when nothing may be opened on this decision. */
  readonly invalid: { readonly reason: InvalidReason; readonly detail: string } | undefined;
  readonly timingsMs: Readonly<Record<string, number>>;
}

export interface Decisions {
  /**
   * Decides on the last candle of `window`, with the account's lots marked at `markPrice`. Changes no account.
   * @throws PACKAGE_ARCHIVED, FORECAST_TOO_SLOW, MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE, INFERENCE_DIED
   */
  decide(
    model: ModelPackage,
    window: MarketWindow,
    account: AccountState,
    markPrice: number,
  ): Promise<Decision>;
  /**
   * Decides on a forecast that was computed before.
   * @throws MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE
   */
  decideOnForecast(
    model: ModelPackage,
    forecast: PackageForecast,
    account: AccountState,
    markPrice: number,
  ): Promise<Decision>;
}

export interface DecisionDependencies {
  readonly forecasts: Pick<Forecasts, 'of'>;
  readonly engine: Pick<PackageEngine, 'act'>;
  readonly normalizations: Normalizations;
  /** Monotonic clock in ms, for timings only. */
  readonly stopwatch: () => number;
  /** Called after every decision of `decide` whose numbers are all finite. */
  readonly onFiniteDecision: (model: ModelPackage) => Promise<void>;
}

export function createDecisions(dependencies: DecisionDependencies): Decisions {
  const { forecasts, engine, normalizations, stopwatch, onFiniteDecision } = dependencies;

  async function decideOnForecast(
    model: ModelPackage,
    forecast: PackageForecast,
    account: AccountState,
    markPrice: number,
  ): Promise<Decision> {
    const { pipeline } = model;
    const accountValues = accountVector(account, markPrice, pipeline.maxHoldSteps);
    const normalization = await normalizations.of(model);
    const start = stopwatch();
    const observed = observation(pipeline, {
      features: forecast.window.scaledFeatures,
      forecast: forecast.forecastFeatures,
      account: accountValues,
    });
    const { mean, std } = await engine.act(model, normalizeObservation(observed, normalization));
    const policy = stopwatch() - start;
    const allFinite = forecast.allFinite && mean.every(Number.isFinite) && std.every(Number.isFinite);
    return {
      forecast,
      account: accountValues,
      action: decodeAction(allFinite ? { mean, std } : FLAT_ACTION),
      invalid: allFinite ? invalidMarket(forecast) : NOT_FINITE,
      timingsMs: { ...forecast.timingsMs, policy },
    };
  }

  return {
    decideOnForecast,

    async decide(model, window, account, markPrice) {
      requireNotArchived(model);
      requireInService(model);
      const start = stopwatch();
      const forecast = await forecasts.of(model, window);
      const decision = await decideOnForecast(model, forecast, account, markPrice);
      if (decision.invalid?.reason !== 'INVALID_FEATURES') await onFiniteDecision(model);
      return { ...decision, timingsMs: { ...decision.timingsMs, total: stopwatch() - start } };
    },
  };
}

/** Replaces the answer of a policy that is not finite: flat with probability 1. */
const FLAT_ACTION = { mean: [0, 0, 0, 0, 0], std: [0, 0, 0, 0, 0] };

const NOT_FINITE = {
  reason: 'INVALID_FEATURES',
  detail: 'The features, the forecast or the policy gave a number that is not finite.',
} as const;

function invalidMarket({ market: { validity } }: PackageForecast): Decision['invalid'] {
  return validity.reason === null ? undefined : { reason: validity.reason, detail: validity.detail };
}
