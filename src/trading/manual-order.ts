import { PaperdeskError } from '../errors.ts';
import type { Side } from '../pipeline/account-state.ts';
import { accountStateAt, type PaperAccount } from './account.ts';
import { closeAtMarket } from './execute-candle.ts';
import { lotId } from './ledger.ts';
import type { Lot } from './lot.ts';
import { draftOutcome, type Outcome, openLot } from './outcome.ts';
import { proposeOrder } from './propose-order.ts';
import { priceText, sentenceOfOpening } from './sentences.ts';
import { lotOf } from './take-decision.ts';

/** The market when somebody trades by hand, with the account settled up to it; prices in quote currency. */
export interface ManualMoment {
  /** ms. */
  readonly time: number;
  /** Close of the newest 3-minute candle: what the order is filled at, before slippage. */
  readonly price: number;
  /** ATR14 of the newest closed 15-minute candle. */
  readonly atr14: number;
}

/** A lot to open by hand; what is left out is taken from the account's settings. */
export interface ManualOrder {
  /** Makes the order once only: the id of its lot derives from it. */
  readonly key: string;
  readonly side: Side;
  /** In quote currency. */
  readonly notional?: number;
  readonly leverage?: number;
  readonly stopLoss?: number;
  readonly takeProfit?: number;
}

const MOST_OFF = 0.01;

const REFUSED_BECAUSE = {
  FLAT: 'it has no side',
  OPPOSITE: 'the account holds lots of the other side; close them first',
  MAX_POSITIONS: 'the account has as many lots as it may have',
  EXPOSURE: 'the margins of all lots may take 10 % of the equity when one opens',
  MIN_SIZE: 'the margin must be more than 1 USDT',
  BALANCE: 'margin and fee are more than the free balance',
} as const;

/** The key of a manual lot; it does not tell of the epoch, so that one request opens one lot for ever. */
export function manualLotKey(key: string): string {
  return `manual-${key}`;
}

/**
 * Opens a lot by hand, at our price with slippage.
 * @throws ACCOUNT_STATE when the account is stopped, ORDER_REFUSED with the reason, VALIDATION when stop or target
 *   are on the wrong side
 */
export function openByHand(account: PaperAccount, moment: ManualMoment, order: ManualOrder): Outcome {
  const { settings } = account;
  if (account.status === 'KILLED') throw stopped(account);
  const state = accountStateAt(account, moment.price);
  const leverage = order.leverage ?? settings.defaultLeverage;
  const proposal = proposeOrder(
    {
      direction: order.side === 'long' ? 'LONG' : 'SHORT',
      margin:
        order.notional === undefined
          ? { equityShare: settings.defaultMarginShare }
          : { amount: order.notional / leverage },
      leverage,
      stopReturn: settings.stopLossPct / 100,
      targetReturn: settings.profitTargetPct / 100,
    },
    { price: moment.price, atr14: moment.atr14 },
    state,
    { maxLots: settings.maxPositions, opposite: 'hold' },
  );
  if (!('lot' in proposal)) {
    throw new PaperdeskError(
      'ORDER_REFUSED',
      `The lot is not opened (${proposal.reason}): ${REFUSED_BECAUSE[proposal.reason]}.`,
    );
  }
  const key = manualLotKey(order.key);
  const { stopLoss = proposal.lot.stopLoss, takeProfit = proposal.lot.takeProfit } = order;
  const lot: Lot = {
    ...lotOf(proposal.lot),
    stopLoss,
    takeProfit,
    id: lotId(account.id, account.epoch, key),
    key,
    origin: 'manual',
    openedAt: moment.time,
    holdClock: settings.externalHoldClock,
    maxSteps: settings.timeLimitHours * 4,
  };
  checkExits(lot);
  return draftOutcome(account, (draft) => {
    openLot(draft, lot, { time: moment.time, candle: account.nextCandle });
    draft.sentences.push(sentenceOfOpening(lot));
  });
}

/**
 * Closes a lot by hand, at our price with slippage.
 * @throws POSITION_NOT_FOUND when the account has no such open lot
 */
export function closeByHand(account: PaperAccount, moment: ManualMoment, id: string): Outcome {
  const lot = account.lots.find((one) => one.id === id);
  if (lot === undefined)
    throw new PaperdeskError('POSITION_NOT_FOUND', `${account.id} has no open position ${id}.`);
  return draftOutcome(account, (draft) => {
    const at = { time: moment.time, candle: account.nextCandle };
    closeAtMarket(draft, [lot], moment.price, moment.atr14, 'MANUAL', at);
  });
}

/**
 * Checks a price that a client sent against our newest 3-minute close; it is used for nothing else.
 * @throws PRICE_OFF when it is more than 1 % away
 */
export function checkClientPrice(price: number, newestClose: number): void {
  const off = Math.abs(price - newestClose);
  if (off <= MOST_OFF * newestClose) return;
  throw new PaperdeskError(
    'PRICE_OFF',
    `The price ${price} is ${((off / newestClose) * 100).toFixed(2)} % from the newest close ${newestClose}; at most 1 % is taken.`,
  );
}

/** An account that the kill switch stopped. */
export function stopped({ id }: PaperAccount): PaperdeskError {
  return new PaperdeskError(
    'ACCOUNT_STATE',
    `${id} was stopped by the kill switch; reset it to trade again.`,
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
