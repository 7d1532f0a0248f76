import { PaperdeskError } from '../errors.ts';

export type Side = 'long' | 'short';

/** One open lot; money in quote currency. */
export interface AccountLot {
  readonly side: Side;
  readonly entryPrice: number;
  /** Quantity times entry price. */
  readonly notional: number;
  readonly margin: number;
  /** Age in decision candles, by the clock of the account. */
  readonly stepsInTrade: number;
}

/** An account as a decision reads it; all lots are on one side. */
export interface AccountState {
  /** Wallet plus unrealized PnL, in quote currency. */
  readonly equity: number;
  readonly lots: readonly AccountLot[];
}

/** Largest share of the equity that margins may take when a lot opens (paper.md#14). */
export const EXPOSURE_CAP = 0.1;

/**
 * The side of an account's lots, null without lots.
 * @throws VALIDATION when there are lots on both sides
 */
export function accountSide(lots: readonly AccountLot[]): Side | null {
  const side = lots[0]?.side ?? null;
  const longs = lots.filter((lot) => lot.side === 'long').length;
  if (longs !== 0 && longs !== lots.length) {
    throw new PaperdeskError(
      'VALIDATION',
      `The account has ${longs} long and ${lots.length - longs} short lots; an account holds one side at a time.`,
    );
  }
  return side;
}

/** Profit and loss of a lot at `price`, before costs, in quote currency. */
export function unrealizedPnl(lot: AccountLot, price: number): number {
  const quantity = lot.notional / lot.entryPrice;
  return (lot.side === 'long' ? 1 : -1) * quantity * (price - lot.entryPrice);
}

/** Sum of the margins of lots. */
export function totalMargin(lots: readonly AccountLot[]): number {
  return lots.reduce((sum, lot) => sum + lot.margin, 0);
}

/**
 * The 9 account values that the policy was trained with (forecast-and-policy.md#20), lots marked at `price`.
 * @param maxHoldSteps steps after which the pipeline closes a lot
 * @throws VALIDATION when there are lots on both sides
 */
export function accountVector(
  { equity, lots }: AccountState,
  price: number,
  maxHoldSteps: number,
): Float64Array {
  const side = accountSide(lots);
  if (side === null) return Float64Array.of(0, 0, 0, 0, 0, 0, maxHoldSteps, 1, EXPOSURE_CAP); // forecast-and-policy.md#21
  const divisor = equity > 0 ? equity : 1;
  const margin = totalMargin(lots);
  const maxSteps = Math.max(...lots.map((lot) => lot.stepsInTrade));
  return Float64Array.of(
    lots.length,
    side === 'long' ? 1 : 2,
    margin / divisor,
    lots.reduce((sum, lot) => sum + lot.notional, 0) / divisor,
    lots.reduce((sum, lot) => sum + unrealizedPnl(lot, price), 0) / divisor,
    maxSteps,
    maxHoldSteps - maxSteps,
    1, // Liquidation buffer, a constant in training.
    (EXPOSURE_CAP * equity - margin) / divisor,
  );
}
