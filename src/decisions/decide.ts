import { PaperdeskError } from '../errors.ts';
import type { InferenceEngine } from '../models/engine.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { type AccountState, accountVector } from '../pipeline/account-state.ts';
import { type DecodedAction, decodeAction } from '../pipeline/decode-action.ts';
import { observation } from '../pipeline/observation.ts';
import type { Forecasts, PackageForecast } from './forecasts.ts';
import { modelFilesOf } from './model-files-of.ts';

/** Why market or models allow no new position, in the order in which they are asked (forecast-and-policy.md#39). */
export type DataReason = 'STALE' | 'GAP' | 'INVALID_FEATURES';

/** What a package decides on the newest closed candle for one state of an account. */
export interface Decision {
  readonly forecast: PackageForecast;
  /** The 9 account values the policy saw. */
  readonly account: Float64Array;
  readonly action: DecodedAction;
  /** Set when nothing may be opened on this decision, with the sentence that says why. */
  readonly invalid: { readonly reason: DataReason; readonly detail: string } | undefined;
  readonly timingsMs: Readonly<Record<string, number>>;
}

export interface Decisions {
  /**
   * Decides without touching any account. `price` marks the account's lots; the newest close where it is not given.
   * @throws PACKAGE_ARCHIVED, MARKET_UNAVAILABLE, SYMBOL_UNKNOWN, MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE
   */
  decide(model: ModelPackage, symbol: string, account: AccountState, price?: number): Promise<Decision>;
  /**
   * Decides on a forecast that is there, of whatever candle.
   * @throws MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE
   */
  decideOn(
    model: ModelPackage,
    forecast: PackageForecast,
    account: AccountState,
    price: number,
  ): Promise<Decision>;
}

export interface DecisionParts {
  readonly forecasts: Forecasts;
  readonly engine: Pick<InferenceEngine, 'act'>;
  /** A steady clock in ms, for timings only. */
  readonly stopwatch: () => number;
  /** Called after the first and every other decision whose numbers are all finite. */
  readonly onSuccess: (model: ModelPackage) => Promise<void>;
}

export function createDecisions({ forecasts, engine, stopwatch, onSuccess }: DecisionParts): Decisions {
  async function decideOn(
    model: ModelPackage,
    forecast: PackageForecast,
    account: AccountState,
    price: number,
  ): Promise<Decision> {
    const values = accountVector(account, price);
    const asked = stopwatch();
    const { mean, std } = await engine.act(
      modelFilesOf(model),
      observation(forecast.window.scaled, forecast.forecastFeatures, values),
    );
    const policy = stopwatch() - asked;
    const finite = forecast.finite && mean.every(Number.isFinite) && std.every(Number.isFinite);
    return {
      forecast,
      account: values,
      action: decodeAction(finite ? { mean, std } : NO_ACTION),
      invalid: finite ? invalidMarket(forecast) : NOT_FINITE,
      timingsMs: { ...forecast.timingsMs, policy },
    };
  }

  return {
    decideOn,

    async decide(model, symbol, account, price) {
      if (model.status === 'ARCHIVED') {
        throw new PaperdeskError(
          'PACKAGE_ARCHIVED',
          `${model.id} is archived and decides nothing; restore it first.`,
        );
      }
      const start = stopwatch();
      const forecast = await forecasts.newest(model, symbol);
      const decision = await decideOn(model, forecast, account, price ?? forecast.window.lastCandle.close);
      if (decision.invalid?.reason !== 'INVALID_FEATURES') await onSuccess(model);
      return { ...decision, timingsMs: { ...decision.timingsMs, total: stopwatch() - start } };
    },
  };
}

/** Stands for a policy that did not answer with numbers: flat, whatever is drawn. */
const NO_ACTION = { mean: [0, 0, 0, 0, 0], std: [0, 0, 0, 0, 0] };

const NOT_FINITE = {
  reason: 'INVALID_FEATURES',
  detail: 'The features, the forecast or the policy gave a number that is not finite.',
} as const;

function invalidMarket({ market: { validity } }: PackageForecast): Decision['invalid'] {
  return validity.reason === null ? undefined : { reason: validity.reason, detail: validity.detail };
}
