import type { ClosedLot, CloseReason, Lot } from './lot.ts';

const CLOSED_BECAUSE: Readonly<Record<CloseReason, string>> = {
  LIQUIDATION: 'was liquidated',
  STOP_LOSS: 'hit its stop',
  TAKE_PROFIT: 'hit its target',
  TIME_LIMIT: 'reached its time limit',
  FLIP: 'was closed for the other side',
  SIGNAL: 'was closed on an opposite signal',
  MANUAL: 'was closed by hand',
  KILLED: 'was closed by the kill switch',
  RESET: 'was closed by a reset',
};

/** Two decimals for prices from 10, else five significant digits. */
export function priceText(price: number): string {
  return price >= 10 ? price.toFixed(2) : price.toPrecision(5);
}

/** An amount of money with its sign. */
function moneyText(amount: number): string {
  return `${amount < 0 ? '-' : '+'}${Math.abs(amount).toFixed(2)} USDT`;
}

export function sentenceOfOpening(lot: Lot): string {
  return (
    `Opened a ${lot.side} lot of ${lot.notional.toFixed(2)} USDT at ${lot.leverage}x, filled at ` +
    `${priceText(lot.entryPrice)}, stop ${priceText(lot.stopLoss)}, target ${priceText(lot.takeProfit)}, ` +
    `fee ${lot.entryFee.toFixed(2)} USDT.`
  );
}

export function sentenceOfClosing(lot: ClosedLot): string {
  return (
    `The ${lot.side} lot from ${priceText(lot.entryPrice)} ${CLOSED_BECAUSE[lot.reason]} at ` +
    `${priceText(lot.exitPrice)}: ${moneyText(lot.netPnl)} after fees and funding.`
  );
}

export function sentenceOfFunding(lot: Lot, amount: number, rate: number): string {
  const did = amount < 0 ? 'paid' : 'received';
  return `The ${lot.side} lot ${did} ${Math.abs(amount).toFixed(4)} USDT of funding at ${(rate * 100).toFixed(4)} %.`;
}

/** @param level the share of the initial balance that the equity fell below */
export function sentenceOfKill(equity: number, initialBalance: number, level: number): string {
  return (
    `The equity of ${equity.toFixed(2)} USDT is below ${(level * 100).toFixed(0)} % of the initial ` +
    `${initialBalance.toFixed(2)} USDT: all lots are closed and nothing is traded until a reset.`
  );
}
