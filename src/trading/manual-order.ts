import { PaperdeskError } from '../errors.ts';
import type { Side } from '../pipeline/account-state.ts';
import { accountStateAt, type PaperAccount, requireNotKilled } from './account.ts';
import { closeAtMarket } from './execute-candle.ts';
import { type Lot, newLot } from './lot.ts';
import { draftOutcome, type Outcome, openLot } from './outcome.ts';
import { proposeOrder } from './propose-order.ts';
import { priceText, sentenceOfOpening } from './sentences.ts';
import { defaultHoldTime, defaultTerms } from './settings.ts';

/** The market that manual orders and resets are filled on; prices in quote currency. */
export interface CurrentMarket {
  /** ms. */
  readonly time: number;
  /** Close of the newest intrabar candle: the fill price before slippage (paper.md#22). */
  readonly price: number;
  /** ATR14 of the newest closed decision candle. */
  readonly atr14: number;
}

/** A lot to open by hand; what is left out is taken from the account's settings. */
export interface ManualOrder {
  /** Identifies the order: the lot's id derives from it, so that a repeated order opens no second lot. */
  readonly key: string;
  readonly side: Side;
  /** In quote currency. */
  readonly notional?: number;
  readonly leverage?: number;
  readonly stopLoss?: number;
  readonly takeProfit?: number;
}

/** Largest deviation of a client's price from the newest close (paper.md#23). */
const MAX_PRICE_DEVIATION = 0.01;

const REFUSED_BECAUSE = {
  FLAT: 'it has no side',
  OPPOSITE: 'the account holds lots of the other side; close them first',
  MAX_POSITIONS: 'the account has as many lots as it may have',
  EXPOSURE: 'the margins of all lots may take 10 % of the equity when one opens',
  MIN_SIZE: 'the margin must be more than 1 USDT',
  BALANCE: 'margin and fee are more than the free balance',
} as const;

/** The key of the lot that a manual order opens; it is the same in all epochs, so that a request never opens two lots. */
export function manualLotKey(key: string): string {
  return `manual-${key}`;
}

/**
 * Opens a lot by hand, at our price with slippage (paper.md#22).
 * @param account caught up with the market
 * @throws ACCOUNT_STATE if the account is killed, ORDER_REFUSED with the reason, VALIDATION if stop or target are on the
 *   wrong side
 */
export function openManually(account: PaperAccount, market: CurrentMarket, order: ManualOrder): Outcome {
  const { settings } = account;
  requireNotKilled(account);
  const leverage = order.leverage ?? settings.defaultLeverage;
  const proposal = proposeOrder(
    {
      ...defaultTerms(settings),
      direction: order.side === 'long' ? 'LONG' : 'SHORT',
      margin:
        order.notional === undefined
          ? { equityShare: settings.defaultMarginShare }
          : { amount: order.notional / leverage },
      leverage,
    },
    { price: market.price, atr14: market.atr14 },
    accountStateAt(account, market.price),
    { maxLots: settings.maxPositions, opposite: 'hold' },
  );
  if (!('lot' in proposal)) {
    throw new PaperdeskError(
      'ORDER_REFUSED',
      `The lot is not opened (${proposal.reason}): ${REFUSED_BECAUSE[proposal.reason]}.`,
    );
  }
  const { stopLoss = proposal.lot.stopLoss, takeProfit = proposal.lot.takeProfit } = order;
  const lot = newLot(
    account,
    { ...proposal.lot, stopLoss, takeProfit },
    {
      key: manualLotKey(order.key),
      origin: 'manual',
      openedAt: market.time,
      entryReference: market.price,
      ...defaultHoldTime(account),
    },
  );
  checkExits(lot);
  return draftOutcome(account, (draft) => {
    openLot(draft, lot, { time: market.time, candle: account.nextCandle });
    draft.sentences.push(sentenceOfOpening(lot));
  });
}

/**
 * Closes a lot by hand, at our price with slippage (paper.md#22).
 * @param account caught up with the market
 * @throws POSITION_NOT_FOUND if the account has no such open lot
 */
export function closeManually(
  account: PaperAccount,
  market: CurrentMarket,
  id: string,
  reason: string | null = null,
): Outcome {
  const lot = account.lots.find((one) => one.id === id);
  if (lot === undefined)
    throw new PaperdeskError('POSITION_NOT_FOUND', `${account.id} has no open position ${id}.`);
  return draftOutcome(account, (draft) => {
    const at = { time: market.time, candle: account.nextCandle, reason };
    closeAtMarket(draft, [lot], market.price, market.atr14, 'MANUAL', at);
  });
}

/**
 * Checks a price that a client sent; it is used for nothing else (paper.md#23).
 * @throws PRICE_OFF if it is more than 1 % from the newest intrabar close
 */
export function checkClientPrice(price: number, newestClose: number): void {
  const off = Math.abs(price - newestClose);
  if (off <= MAX_PRICE_DEVIATION * newestClose) return;
  throw new PaperdeskError(
    'PRICE_OFF',
    `The price ${price} is ${((off / newestClose) * 100).toFixed(2)} % from the newest close ${newestClose}; at most 1 % is taken.`,
  );
}

function checkExits({ side, entryPrice, stopLoss, takeProfit }: Lot): void {
  const [low, high] = side === 'long' ? [stopLoss, takeProfit] : [takeProfit, stopLoss];
  if (low < entryPrice && entryPrice < high) return;
  throw new PaperdeskError(
    'VALIDATION',
    `A ${side} lot filled at ${priceText(entryPrice)} cannot have its stop at ${priceText(stopLoss)} and its ` +
      `target at ${priceText(takeProfit)}.`,
  );
}
