import { type AccountLot, type Side, unrealizedPnl } from '../pipeline/account-state.ts';
import { lotId } from './ledger.ts';
import { roundMoney } from './money.ts';
import type { ProposedLot } from './propose-order.ts';
import type { HoldClock } from './settings.ts';

export type LotOrigin = 'policy' | 'external' | 'manual';

/** One open lot. Money and prices in quote currency, times in ms. */
export interface Lot {
  /** Derived from account, epoch and key; never reused (paper.md#38). */
  readonly id: string;
  /** What opened it: moment and source of a decision, or a manual order. */
  readonly key: string;
  readonly origin: LotOrigin;
  /** Id of the lot that it was closed as a part of; null otherwise. */
  readonly partOf: string | null;
  readonly side: Side;
  readonly entryPrice: number;
  /** The price before slippage; null for lots of before it was kept (statistics.md#60). */
  readonly entryReference: number | null;
  /** In base currency. */
  readonly quantity: number;
  readonly notional: number;
  readonly margin: number;
  readonly leverage: number;
  readonly stopLoss: number;
  /** The stop at the entry, if it was moved by hand since; null otherwise. */
  readonly firstStop: number | null;
  readonly takeProfit: number;
  readonly openedAt: number;
  /** Age in decision candles by `holdClock`, a float64 (paper.md#31). */
  readonly steps: number;
  readonly holdClock: HoldClock;
  /** The lot expires at this age. */
  readonly maxSteps: number;
  readonly entryFee: number;
  /** Sum of its funding lines: positive if it received. */
  readonly funding: number;
}

export type CloseReason =
  | 'LIQUIDATION'
  | 'STOP_LOSS'
  | 'TAKE_PROFIT'
  | 'TIME_LIMIT'
  | 'FLIP'
  | 'SIGNAL'
  | 'MANUAL'
  | 'KILLED'
  | 'RESET';

export interface ClosedLot extends Lot {
  readonly exitPrice: number;
  /** The price before slippage; null at stop, target and liquidation, and for lots of before it was kept. */
  readonly exitReference: number | null;
  readonly closedAt: number;
  readonly reason: CloseReason;
  /** Profit and loss of the price alone; minus the margin at a liquidation. */
  readonly grossPnl: number;
  readonly exitFee: number;
  /** Sum of the lot's ledger lines. */
  readonly netPnl: number;
}

/** The facts about a closed lot that statistics need. */
export type Trade = Pick<ClosedLot, 'reason' | 'netPnl' | 'margin' | 'openedAt' | 'closedAt'>;

/** What opens a lot, and how long it is held. */
type LotTerms = Pick<Lot, 'key' | 'origin' | 'openedAt' | 'entryReference' | 'holdClock' | 'maxSteps'>;

/** The lot that a filled order opens for an account. */
export function newLot(
  { id, epoch }: { readonly id: string; readonly epoch: number },
  { side, fill, quantity, notional, margin, leverage, stopLoss, takeProfit, fee }: ProposedLot,
  terms: LotTerms,
): Lot {
  return {
    ...terms,
    id: lotId(id, epoch, terms.key),
    side,
    entryPrice: fill,
    quantity,
    notional,
    margin,
    leverage,
    stopLoss,
    firstStop: null,
    partOf: null,
    takeProfit,
    steps: 0,
    entryFee: roundMoney(fee),
    funding: 0,
  };
}

/** +1 for long, -1 for short. */
export function signOf(side: Side): 1 | -1 {
  return side === 'long' ? 1 : -1;
}

/** The order that closes a lot of this side. */
export function closingOrder(side: Side): 'buy' | 'sell' {
  return side === 'long' ? 'sell' : 'buy';
}

/** A lot as a decision sees it. */
export function accountLotOf(lot: Lot): AccountLot {
  const { side, entryPrice, notional, margin, steps } = lot;
  return { side, entryPrice, notional, margin, stepsInTrade: steps };
}

/** Profit and loss of a lot at `price`, before costs. */
export function lotPnl(lot: Lot, price: number): number {
  return unrealizedPnl(accountLotOf(lot), price);
}
