import {
  type AccountLot,
  type AccountState,
  accountSide,
  EXPOSURE_CAP,
  type Side,
  totalMargin,
  unrealizedPnl,
} from '../pipeline/account-state.ts';
import type { DecodedAction } from '../pipeline/decode-action.ts';
import { slippedPrice, TAKER_FEE } from './trading-costs.ts';

/** What the policy requests. */
export type OrderIntent = Pick<
  DecodedAction,
  'direction' | 'sizePct' | 'leverage' | 'stopAtrMultiple' | 'targetAtrMultiple'
>;

/** What an external signal or a manual order requests (paper.md#15). */
export interface FixedIntent {
  readonly direction: OrderIntent['direction'];
  /** Margin in quote currency; or as a share of the equity, limited to the available exposure. */
  readonly margin: { readonly amount: number } | { readonly equityShare: number };
  readonly leverage: number;
  /** Returns on margin at which the lot is closed, both above 0: 0.05 for 5 %. */
  readonly stopReturn: number;
  readonly targetReturn: number;
}

/** Prices in quote currency. */
export interface OrderMarket {
  /** Fill price without slippage. */
  readonly price: number;
  /** Of the candle decided on. */
  readonly atr14: number;
  /** The price at which the account's equity was marked, if it is another. */
  readonly markPrice?: number;
}

export interface OrderRules {
  readonly maxLots: number;
  /** What a signal against the open lots does. */
  readonly opposite: 'flip' | 'hold';
}

export const DEFAULT_ORDER_RULES: OrderRules = { maxLots: 10, opposite: 'flip' };

/** Why a lot may not open, in the order of checking (paper.md#14 to paper.md#17). */
type RefusedLotReason = 'MAX_POSITIONS' | 'EXPOSURE' | 'MIN_SIZE' | 'BALANCE';

/** Why an order opens no lot. */
export type ProposalReason = 'FLAT' | 'OPPOSITE' | RefusedLotReason;

/** The lot that an order would open; money and prices in quote currency. */
export interface ProposedLot {
  readonly side: Side;
  readonly margin: number;
  readonly notional: number;
  readonly leverage: number;
  readonly quantity: number;
  readonly fill: number;
  readonly fee: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
}

/** CLOSE carries the reason why the new side may not open. */
export type OrderProposal =
  | { readonly type: 'HOLD'; readonly reason: ProposalReason }
  | { readonly type: 'OPEN_LONG' | 'OPEN_SHORT'; readonly lot: ProposedLot }
  | { readonly type: 'FLIP'; readonly closes: Side; readonly closeFill: number; readonly lot: ProposedLot }
  | {
      readonly type: 'CLOSE';
      readonly closes: Side;
      readonly closeFill: number;
      readonly reason: RefusedLotReason;
    };

/** A margin must be more than this, in quote currency. */
const MIN_MARGIN = 1;

/**
 * The order of an account for a request of the policy, an external signal or a person (paper.md#12, paper.md#14 to paper.md#20).
 * @throws VALIDATION if the account has lots on both sides
 */
export function proposeOrder(
  intent: OrderIntent | FixedIntent,
  market: OrderMarket,
  account: AccountState,
  rules: OrderRules = DEFAULT_ORDER_RULES,
): OrderProposal {
  const openSide = accountSide(account.lots);
  if (intent.direction === 'FLAT') return { type: 'HOLD', reason: 'FLAT' };
  const side: Side = intent.direction === 'LONG' ? 'long' : 'short';

  if (openSide === null || openSide === side) {
    const lot = sizeLot(side, intent, market, account, rules);
    if (typeof lot === 'string') return { type: 'HOLD', reason: lot };
    return { type: side === 'long' ? 'OPEN_LONG' : 'OPEN_SHORT', lot };
  }
  if (rules.opposite === 'hold') return { type: 'HOLD', reason: 'OPPOSITE' };
  const closeFill = slippedPrice(market.price, market.atr14, openSide === 'long' ? 'sell' : 'buy');
  const withoutLots = { equity: walletAfterClosing(account, market, closeFill), lots: [] };
  const lot = sizeLot(side, intent, market, withoutLots, rules);
  if (typeof lot === 'string') return { type: 'CLOSE', closes: openSide, closeFill, reason: lot };
  return { type: 'FLIP', closes: openSide, closeFill, lot };
}

/** The lot that would open, or the first reason why none may. */
function sizeLot(
  side: Side,
  intent: OrderIntent | FixedIntent,
  market: OrderMarket,
  account: AccountState,
  rules: OrderRules,
): ProposedLot | RefusedLotReason {
  if (account.lots.length >= rules.maxLots) return 'MAX_POSITIONS';
  const available = EXPOSURE_CAP * account.equity - totalMargin(account.lots);
  if (!(available > 0)) return 'EXPOSURE';
  const margin = requestedMargin(intent, available, account.equity);
  if (margin > available) return 'EXPOSURE';
  if (!(margin > MIN_MARGIN)) return 'MIN_SIZE';
  const notional = margin * intent.leverage;
  const fee = notional * TAKER_FEE;
  if (margin + fee > freeBalance(account, market)) return 'BALANCE';

  const sign = side === 'long' ? 1 : -1;
  const fill = slippedPrice(market.price, market.atr14, side === 'long' ? 'buy' : 'sell');
  const distances = exitDistances(intent, fill, market.atr14);
  return {
    side,
    margin,
    notional,
    leverage: intent.leverage,
    quantity: notional / fill,
    fill,
    fee,
    stopLoss: fill - sign * distances.stop,
    takeProfit: fill + sign * distances.target,
  };
}

function requestedMargin(intent: OrderIntent | FixedIntent, available: number, equity: number): number {
  if ('sizePct' in intent) return available * intent.sizePct;
  if ('amount' in intent.margin) return intent.margin.amount;
  return Math.min(available, intent.margin.equityShare * equity);
}

/** Distances of stop and target from the fill, in quote currency (paper.md#20). */
function exitDistances(
  intent: OrderIntent | FixedIntent,
  fill: number,
  atr14: number,
): { readonly stop: number; readonly target: number } {
  if ('sizePct' in intent)
    return { stop: intent.stopAtrMultiple * atr14, target: intent.targetAtrMultiple * atr14 };
  const perReturn = fill / intent.leverage;
  return { stop: intent.stopReturn * perReturn, target: intent.targetReturn * perReturn };
}

/** Wallet minus margins: unrealized profit pays for nothing (paper.md#17). */
function freeBalance(account: AccountState, market: OrderMarket): number {
  return account.equity - markedPnl(account.lots, market) - totalMargin(account.lots);
}

/** The wallet once all lots are closed at `closeFill` and their exit fees are paid. */
function walletAfterClosing(account: AccountState, market: OrderMarket, closeFill: number): number {
  const realised = account.lots.reduce((sum, lot) => {
    const exitFee = (lot.notional / lot.entryPrice) * closeFill * TAKER_FEE;
    return sum + unrealizedPnl(lot, closeFill) - exitFee;
  }, 0);
  return account.equity - markedPnl(account.lots, market) + realised;
}

function markedPnl(lots: readonly AccountLot[], market: OrderMarket): number {
  const price = market.markPrice ?? market.price;
  return lots.reduce((sum, lot) => sum + unrealizedPnl(lot, price), 0);
}
