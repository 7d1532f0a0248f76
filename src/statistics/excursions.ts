import type { Candle } from '../candle.ts';
import { liquidationPrice } from '../trading/exits.ts';
import { type ClosedLot, signOf } from '../trading/lot.ts';
import { roundMoney } from '../trading/money.ts';

/** A profit or loss in quote currency, in percent of the margin, and in distances of the first stop (R). */
export interface Excursion {
  readonly amount: number;
  readonly marginPct: number;
  /** Null for a stop at the entry. */
  readonly r: number | null;
}

/** How far a lot went against its side and with it while it was open (statistics.md#64). */
export interface Excursions {
  /** The lowest profit and loss against the entry price, 0 or below. */
  readonly mae: Excursion;
  /** The highest, 0 or above. */
  readonly mfe: Excursion;
}

type MeasuredCandle = Pick<Candle, 'openTime' | 'open' | 'high' | 'low'>;

/**
 * The excursions of a closed lot. Of the candle that it closed in only the open and the exit price count, because what
 * came first is not known.
 * @param candles intrabar candles from its opening to its closing, in any order; others are ignored
 * @param candleMs length of a candle
 */
export function excursionsOf(
  lot: ClosedLot,
  candles: Iterable<MeasuredCandle>,
  candleMs: number,
): Excursions {
  const profitAt = (price: number) => signOf(lot.side) * lot.quantity * (price - lot.entryPrice);
  const closing = closingCandle(lot, candleMs);
  const exit = profitAt(lot.exitPrice);
  let [lowest, highest] = [Math.min(0, exit), Math.max(0, exit)];
  for (const { openTime, open, high, low } of candles) {
    if (openTime < lot.openedAt || openTime > closing) continue;
    for (const price of openTime === closing ? [open] : [high, low]) {
      lowest = Math.min(lowest, profitAt(price));
      highest = Math.max(highest, profitAt(price));
    }
  }
  return { mae: excursionOf(lot, lowest), mfe: excursionOf(lot, highest) };
}

/** Open time (ms) of the candle that a lot closed in: an exit inside a candle has the time at which that candle closed. */
export function closingCandle(lot: ClosedLot, candleMs: number): number {
  const candle = Math.floor(lot.closedAt / candleMs) * candleMs;
  return candle === lot.closedAt && !isAtOpen(lot) ? candle - candleMs : candle;
}

/** Whether a lot was filled at the open of a candle. */
function isAtOpen(lot: ClosedLot): boolean {
  if (lot.reason === 'STOP_LOSS') return lot.exitPrice !== lot.stopLoss;
  if (lot.reason === 'LIQUIDATION') return lot.exitPrice !== liquidationPrice(lot);
  return lot.reason === 'FLIP' || lot.reason === 'SIGNAL';
}

function excursionOf(lot: ClosedLot, profit: number): Excursion {
  const { quantity, margin, entryPrice, stopLoss, firstStop } = lot;
  const amount = roundMoney(profit);
  const risk = quantity * Math.abs(entryPrice - (firstStop ?? stopLoss));
  return { amount, marginPct: (amount / margin) * 100 + 0, r: risk > 0 ? amount / risk + 0 : null };
}
