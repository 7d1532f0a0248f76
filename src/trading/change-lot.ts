import { PaperdeskError } from '../errors.ts';
import type { PaperAccount } from './account.ts';
import { closeAtMarket } from './execute-candle.ts';
import { liquidationPrice } from './exits.ts';
import { lotId } from './ledger.ts';
import type { Lot } from './lot.ts';
import type { CurrentMarket } from './manual-order.ts';
import { addMoney, roundMoney } from './money.ts';
import { draftOutcome, type Outcome, postLine, unchangedOutcome } from './outcome.ts';
import { priceText } from './sentences.ts';

/** What a person does with a lot, and why. */
interface ByHand {
  readonly lotId: string;
  /** What the person says about it; null without. */
  readonly reason: string | null;
}

/** A part to close: a share of the lot, above 0 and below 1. */
export interface PartToClose extends ByHand {
  readonly share: number;
  /** Identifies the order: the part's id derives from it, so that a repeated order closes no second part. */
  readonly key: string;
}

/** New levels; what is left out stays. Prices in quote currency. */
export interface NewExits extends ByHand {
  readonly stopLoss?: number | undefined;
  readonly takeProfit?: number | undefined;
}

/** Each part of a lot must keep a margin of more than this, in quote currency, as a new lot must (paper.md#15). */
const MIN_MARGIN = 1;

/** The key of the part that an order closes. */
export function partKey(lotKey: string, key: string): string {
  return `${lotKey}-part-${key}`;
}

/**
 * Closes lots by hand, at our price with slippage (paper.md#22).
 * @param account caught up with the market
 * @param ids of the lots; those that are not open are left out
 */
export function closeLotsManually(
  account: PaperAccount,
  market: CurrentMarket,
  ids: readonly string[],
  reason: string | null,
): Outcome {
  const lots = account.lots.filter(({ id }) => ids.includes(id));
  return draftOutcome(account, (draft) => {
    const at = { time: market.time, candle: account.nextCandle, reason };
    closeAtMarket(draft, lots, market.price, market.atr14, 'MANUAL', at);
  });
}

/**
 * Closes a part of a lot by hand. The part becomes a closed lot of its own, with its share of entry fee and funding by
 * quantity; the rest of both stays with the rest (paper.md#51).
 * @param account caught up with the market
 * @throws POSITION_NOT_FOUND without such a lot, ORDER_REFUSED if the part or the rest would be too small
 */
export function closePartManually(
  account: PaperAccount,
  market: CurrentMarket,
  { lotId: id, share, key, reason }: PartToClose,
): Outcome {
  const lot = requireOpenLot(account, id);
  const { part, rest } = splitLot(account, lot, share, partKey(lot.key, key));
  if (!(Math.min(part.margin, rest.margin) > MIN_MARGIN)) {
    throw new PaperdeskError(
      'ORDER_REFUSED',
      `Of a margin of ${lot.margin.toFixed(2)} USDT, both parts must keep more than ${MIN_MARGIN} USDT, not ` +
        `${part.margin.toFixed(2)} and ${rest.margin.toFixed(2)}; close all of it instead.`,
    );
  }
  return draftOutcome(account, (draft) => {
    draft.account.lots = account.lots.map((one) => (one.id === id ? rest : one));
    const at = { time: market.time, candle: account.nextCandle, reason };
    closeAtMarket(draft, [part], market.price, market.atr14, 'MANUAL', at);
  });
}

/**
 * Moves stop and target of a lot by hand; a line of 0 in the ledger says so. Nothing happens if both are where they are.
 * @param account caught up with the market
 * @throws POSITION_NOT_FOUND without such a lot, VALIDATION unless liquidation, stop, price and target are in this order
 */
export function moveExits(account: PaperAccount, market: CurrentMarket, exits: NewExits): Outcome {
  const lot = requireOpenLot(account, exits.lotId);
  const { stopLoss = lot.stopLoss, takeProfit = lot.takeProfit } = exits;
  const hasStop = stopLoss !== lot.stopLoss;
  const hasTarget = takeProfit !== lot.takeProfit;
  if (!hasStop && !hasTarget) return unchangedOutcome(account);
  checkMove(lot, market.price, { stopLoss, takeProfit });
  const moved = { ...lot, stopLoss, takeProfit, firstStop: lot.firstStop ?? (hasStop ? lot.stopLoss : null) };
  return draftOutcome(account, (draft) => {
    draft.account.lots = account.lots.map((one) => (one.id === lot.id ? moved : one));
    const changes = [
      ...(hasStop ? [`stop from ${priceText(lot.stopLoss)} to ${priceText(stopLoss)}`] : []),
      ...(hasTarget ? [`target from ${priceText(lot.takeProfit)} to ${priceText(takeProfit)}`] : []),
    ];
    const detail = `Moved ${changes.join(' and ')}.`;
    const at = { time: market.time, candle: account.nextCandle, reason: exits.reason, detail };
    postLine(draft, 'edit', 0, at, lot);
    draft.sentences.push(detail);
  });
}

function requireOpenLot({ id: accountId, lots }: PaperAccount, id: string): Lot {
  const lot = lots.find((one) => one.id === id);
  if (lot !== undefined) return lot;
  throw new PaperdeskError('POSITION_NOT_FOUND', `${accountId} has no open position ${id}.`);
}

/** Divides a lot. @param share above 0 and below 1, of the part with this key */
function splitLot({ id, epoch }: PaperAccount, lot: Lot, share: number, key: string) {
  const of = (amount: number) => amount * share;
  const money = (amount: number) => roundMoney(of(amount));
  const { quantity, notional, margin, entryFee, funding } = lot;
  const part: Lot = {
    ...lot,
    ...{ id: lotId(id, epoch, key), key, partOf: lot.id },
    ...{ quantity: of(quantity), notional: of(notional), margin: of(margin) },
    ...{ entryFee: money(entryFee), funding: money(funding) },
  };
  const rest: Lot = {
    ...lot,
    quantity: quantity - part.quantity,
    notional: notional - part.notional,
    margin: margin - part.margin,
    entryFee: addMoney(entryFee, -part.entryFee),
    funding: addMoney(funding, -part.funding),
  };
  return { part, rest };
}

function checkMove(
  lot: Lot,
  price: number,
  { stopLoss, takeProfit }: Pick<Lot, 'stopLoss' | 'takeProfit'>,
): void {
  const liquidation = liquidationPrice(lot);
  const levels = [liquidation, stopLoss, price, takeProfit];
  const ordered = lot.side === 'long' ? levels : levels.toReversed();
  if (ordered.every((level, index) => index === 0 || ordered[index - 1]! < level)) return;
  const [above, below] = lot.side === 'long' ? ['above', 'below'] : ['below', 'above'];
  throw new PaperdeskError(
    'VALIDATION',
    `A ${lot.side} lot needs its stop ${above} the liquidation at ${priceText(liquidation)} and ${below} the price of ` +
      `${priceText(price)}, and its target ${above} that price, not a stop at ${priceText(stopLoss)} and a target at ` +
      `${priceText(takeProfit)}.`,
  );
}
