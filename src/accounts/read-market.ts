import type { Decisions } from '../decisions/decide.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import { PaperdeskError } from '../errors.ts';
import type { MarketHistory, MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountStateAt, type PaperAccount } from '../trading/account.ts';
import type { Asked } from '../trading/decide-or-refuse.ts';
import type { GateReason } from '../trading/decision-record.ts';
import type { DecisionMoment, Signal } from '../trading/take-decision.ts';
import type { PaperMarket } from './account-market.ts';
import { markedAt } from './market-stretch.ts';

/** A reason for no decision that stands as the row of the candle, unless a later poll decides. */
export interface Refusal {
  readonly reason: Extract<GateReason, 'STALE' | 'GAP' | 'INVALID_FEATURES' | 'NO_MODEL'>;
  readonly detail: string;
}

/** What a poll finds: all that a decision needs, a reason for none, or that it has come too soon to tell. */
export type DecisionMarket =
  | { readonly kind: 'asked'; readonly asked: Asked }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'not yet'; readonly sentence: string };

export interface DecisionMarketParts {
  readonly history: Pick<MarketHistory, 'window'>;
  readonly decisions: Decisions;
  readonly market: Pick<PaperMarket, 'openAt'>;
  readonly forecasts: ForecastRepository;
}

/** Whoever decides: the account's own package, or a signal that the poll brought. */
export type Decider = { readonly model: ModelPackage } | { readonly signal: Signal };

/**
 * Looks at the candle that closed at `asOf` (ms), at where its order would be filled, and asks the model about it.
 * @throws what is no fault of market or model
 */
export async function readDecisionMarket(
  parts: DecisionMarketParts,
  account: PaperAccount,
  symbol: string,
  asOf: number,
  decider: Decider,
): Promise<DecisionMarket> {
  try {
    const window = await parts.history.window(symbol);
    const refusal = refusalOf(window);
    if (refusal !== null) return { kind: 'refused', refusal };
    const isoAsOf = new Date(asOf).toISOString();
    if (window.closeTime !== asOf)
      return notYet(`The candle of ${symbol} that closed at ${isoAsOf} is not known yet.`);
    const marked = markedAt(window.candles, asOf);
    const fillPrice = await parts.market.openAt(symbol, asOf);
    if (fillPrice === undefined || marked === null)
      return notYet(
        `The price of ${symbol} at ${isoAsOf}, where an order would be filled, is not known yet.`,
      );
    if (fillPrice === null)
      return refused('GAP', `The 3-minute candle of ${symbol} that opens at ${isoAsOf} is missing.`);
    const moment = { asOf, fillPrice, ...marked };
    if ('signal' in decider) return { kind: 'asked', asked: { moment, signal: decider.signal } };
    return await askModel(parts, account, window, moment, decider.model);
  } catch (error) {
    if (!(error instanceof PaperdeskError)) throw error;
    if (error.code === 'MARKET_UNAVAILABLE') return refused('STALE', error.message);
    if (error.code === 'INFERENCE_UNAVAILABLE' || error.code === 'MODEL_LOAD_FAILED')
      return refused('NO_MODEL', error.message);
    throw error;
  }
}

async function askModel(
  { decisions, forecasts }: DecisionMarketParts,
  account: PaperAccount,
  window: MarketWindow,
  moment: DecisionMoment,
  model: ModelPackage,
): Promise<DecisionMarket> {
  const { asOf, markPrice } = moment;
  const decision = await decisions.decide(model, window, accountStateAt(account, markPrice), markPrice);
  const { forecast, invalid } = decision;
  if (invalid !== undefined) return refused(invalid.reason, invalid.detail);
  const source = { packageId: model.id, packageVersion: model.version, symbol: window.symbol };
  await forecasts.store(source, [{ asOf, quantiles: forecast.quantiles }], 'live');
  return { kind: 'asked', asked: { moment, signal: policySignal(decision) } };
}

function refusalOf({ validity }: MarketWindow): Refusal | null {
  return validity.reason === null ? null : { reason: validity.reason, detail: validity.detail };
}

function refused(reason: Refusal['reason'], detail: string): DecisionMarket {
  return { kind: 'refused', refusal: { reason, detail } };
}

function notYet(sentence: string): DecisionMarket {
  return { kind: 'not yet', sentence };
}
