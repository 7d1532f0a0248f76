import type { Decisions } from '../decisions/decide.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import type { MarketHistory, MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountStateAt, type PaperAccount } from '../trading/account.ts';
import { type Mark, markAt } from '../trading/decision-candle.ts';
import { fillPriceGate, type Gate, gateOfError, isGate, recordedGate, windowGate } from '../trading/gates.ts';
import type { Signal } from '../trading/signal.ts';
import type { DecisionMarket } from '../trading/take-decision.ts';
import type { AccountMarket } from './account-market.ts';

/** What a decision needs, without the account. */
export interface DecisionInput {
  readonly market: DecisionMarket;
  readonly signal: Signal;
}

export interface DecisionInputDependencies {
  readonly history: Pick<MarketHistory, 'window'>;
  readonly market: Pick<AccountMarket, 'openAt'>;
  readonly decisions: Pick<Decisions, 'decide'>;
  readonly forecasts: Pick<ForecastRepository, 'store'>;
}

/** The source of the signal: the request of the poll, or the account's package. */
export type SignalSource = Signal | ModelPackage;

/**
 * Reads the market at the candle that closed at `asOf` (ms) and the signal of the package, unless the request has one.
 * Returns a gate if no decision can be taken.
 * @throws errors that are neither the exchange's nor inference's
 */
export async function readDecisionInput(
  dependencies: DecisionInputDependencies,
  account: PaperAccount,
  symbol: string,
  asOf: number,
  source: SignalSource,
): Promise<DecisionInput | Gate> {
  const { pipeline } = account;
  try {
    const window = await dependencies.history.window(symbol, pipeline);
    const gate = windowGate(window, asOf);
    if (gate !== null) return gate;

    const fillPrice = await dependencies.market.openAt({ symbol, pipeline }, asOf);
    if (fillPrice === undefined || fillPrice === null) return fillPriceGate(symbol, asOf, fillPrice);

    const signal = 'source' in source ? source : await signalOfPackage(dependencies, source, window, account);
    if (isGate(signal)) return signal;
    // The window ends with this candle.
    const mark = markAt(pipeline, window.candles, asOf) as Mark;
    return { market: { asOf, fillPrice, ...mark }, signal };
  } catch (error) {
    return gateOfError(error);
  }
}

/** The signal of a package on a candle window; stores its forecast. */
async function signalOfPackage(
  { decisions, forecasts }: DecisionInputDependencies,
  model: ModelPackage,
  window: MarketWindow,
  account: PaperAccount,
): Promise<Signal | Gate> {
  const state = accountStateAt(account, window.close);
  const decision = await decisions.decide(model, window, state, window.close);
  const { forecast, invalid } = decision;
  if (invalid !== undefined) return recordedGate(invalid.reason, invalid.detail);
  const source = { packageId: model.id, packageVersion: model.version, symbol: window.symbol };
  await forecasts.store(source, [{ asOf: forecast.asOf, quantiles: forecast.quantiles }], 'live');
  return policySignal(model.pipeline, decision);
}
