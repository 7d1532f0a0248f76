import { type AccountLot, type Side, unrealisedPnl } from '../pipeline/account-state.ts';
import type { HoldClock } from './settings.ts';

/** One open lot. Money and prices in quote currency, times in ms. */
export interface Lot {
  /** Derived from account, epoch and what opened it; unique for ever. */
  readonly id: string;
  /** What is its own in that: the moment and the origin. */
  readonly key: string;
  readonly origin: 'policy' | 'external' | 'manual';
  readonly side: Side;
  readonly entryPrice: number;
  /** In base currency. */
  readonly quantity: number;
  readonly notional: number;
  readonly margin: number;
  readonly leverage: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly openedAt: number;
  /** Age in 15-minute steps by `holdClock`, a float64 (paper.md#31). */
  readonly steps: number;
  readonly holdClock: HoldClock;
  /** Steps at which it is closed. */
  readonly maxSteps: number;
  readonly entryFee: number;
  /** Sum of its funding lines: positive where it received. */
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

/** A lot that is gone. */
export interface ClosedLot extends Lot {
  readonly exitPrice: number;
  readonly closedAt: number;
  readonly reason: CloseReason;
  /** Profit and loss of the price alone; minus the margin at a liquidation. */
  readonly grossPnl: number;
  readonly exitFee: number;
  /** What the lot did to the wallet: the sum of its ledger lines. */
  readonly netPnl: number;
}

/** +1 for long, -1 for short. */
export function signOf(side: Side): 1 | -1 {
  return side === 'long' ? 1 : -1;
}

/** The order that closes a lot of this side. */
export function closingOrder(side: Side): 'buy' | 'sell' {
  return side === 'long' ? 'sell' : 'buy';
}

/** A lot as decisions see it. */
export function accountLotOf(lot: Lot): AccountLot {
  const { side, entryPrice, notional, margin, steps } = lot;
  return { side, entryPrice, notional, margin, stepsInTrade: steps };
}

/** Profit and loss of a lot at `price`, before costs. */
export function lotPnl(lot: Lot, price: number): number {
  return unrealisedPnl(accountLotOf(lot), price);
}
