import { type Candle, type FundingRate, MINUTE_MS } from '../candle.ts';
import { equityAt, type PaperAccount } from './account.ts';
import { CANDLE_MS, CANDLES_PER_QUARTER, QUARTER_MS, quarterOf } from './candle-times.ts';
import { undecided } from './decision-record.ts';
import { exitOf } from './exits.ts';
import { type CloseReason, closingOrder, type Lot, signOf } from './lot.ts';
import { addMoney, roundMoney } from './money.ts';
import {
  closeLot,
  type Journal,
  journalled,
  liquidateLot,
  type Moment,
  type Outcome,
  post,
  recordDecision,
} from './outcome.ts';
import { sentenceOfFunding, sentenceOfKill } from './sentences.ts';
import { slippedPrice } from './trading-costs.ts';

/** A closed candle to execute. */
export interface CandleEvent {
  readonly candle: Candle;
  /** ATR14 of the 15-minute candle that closed last before this one's quarter of an hour; prices slip by it. */
  readonly atr14: number;
  /** Settlements; those that belong to the candle are taken. */
  readonly funding: readonly FundingRate[];
}

/**
 * Executes one closed 3-minute candle (paper.md): funding, then for each lot liquidation, stop and target; at the end
 * of a 15-minute candle rounding and expiry; then the kill switch. A candle that was executed before does nothing.
 * @throws RangeError when candles before it were left out
 */
export function executeCandle(account: PaperAccount, event: CandleEvent): Outcome {
  return journalled(account, (journal) => {
    const { openTime } = event.candle;
    if (openTime < account.nextCandle) return;
    if (openTime > account.nextCandle) throw leftOut(account, openTime);
    executeBar(journal, event, CANDLE_MS, 1 / CANDLES_PER_QUARTER);
  });
}

/**
 * Executes what is left of a 15-minute candle that lacks some of its 3-minute candles, as one bar of its own; each lot
 * grows one step older by it. A candle that was executed before does nothing.
 * @throws RangeError when candles before it were left out
 */
export function executeWholeCandle(account: PaperAccount, event: CandleEvent): Outcome {
  return journalled(account, (journal) => {
    const { openTime } = event.candle;
    const closeTime = openTime + QUARTER_MS;
    if (closeTime <= account.nextCandle) return;
    if (openTime > account.nextCandle) throw leftOut(account, openTime);
    executeBar(journal, event, QUARTER_MS, (closeTime - account.nextCandle) / QUARTER_MS);
  });
}

/**
 * Lets an account without lots live to the quarter of an hour that `to` (ms) falls in; it needs no candles for that.
 * @throws RangeError when it has lots
 */
export function passIdle(account: PaperAccount, to: number): Outcome {
  if (account.lots.length > 0)
    throw new RangeError(`${account.id} has lots; their candles must be executed.`);
  return journalled(account, (journal) => {
    while (journal.account.nextCandle < quarterOf(to)) {
      const closeTime = quarterOf(journal.account.nextCandle) + QUARTER_MS;
      missDecision(journal);
      switchOff(journal, 0, 0, { time: closeTime, candle: journal.account.nextCandle });
      journal.account.nextCandle = closeTime;
      recordEquity(journal, 0, closeTime);
    }
  });
}

function leftOut({ id, nextCandle }: PaperAccount, openTime: number): RangeError {
  return new RangeError(
    `${id} has to execute the candle of ${new Date(nextCandle).toISOString()} ` +
      `before that of ${new Date(openTime).toISOString()}.`,
  );
}

/** @param growth by how much the step counter of the training clock grows */
function executeBar(
  journal: Journal,
  { candle, atr14, funding }: CandleEvent,
  length: number,
  growth: number,
): void {
  const { account } = journal;
  const closeTime = candle.openTime + length;
  missDecision(journal);
  payFunding(journal, account.nextCandle, closeTime, funding);
  account.lots = account.lots.map((lot) => ({ ...lot, steps: stepsAt(lot, closeTime, growth) }));
  for (const lot of account.lots) checkExit(journal, lot, candle, closeTime);
  const endsQuarter = closeTime % QUARTER_MS === 0;
  const moment: Moment = { time: closeTime, candle: candle.openTime };
  if (endsQuarter) {
    // In float64 five times 0.2 is at times a little more than 1, and then this runs ahead, as in training.
    account.lots = account.lots.map((lot) => ({ ...lot, steps: Math.ceil(lot.steps) }));
    const expired = account.lots.filter((lot) => lot.steps >= lot.maxSteps);
    closeAtMarket(journal, expired, candle.close, atr14, 'TIME_LIMIT', moment);
  }
  switchOff(journal, candle.close, atr14, moment);
  account.nextCandle = closeTime;
  if (endsQuarter) recordEquity(journal, candle.close, closeTime);
}

/** A candle without a row by the time that its orders' fill is over never gets a decision. */
function missDecision(journal: Journal): void {
  const { account } = journal;
  const asOf = quarterOf(account.nextCandle);
  if (account.lastDecision !== null && account.lastDecision.asOf >= asOf) return;
  const sentence = `No poll came while the candle that closed at ${new Date(asOf).toISOString()} could be traded.`;
  recordDecision(journal, undecided(account, asOf, 'MISSED', sentence));
}

/** Settlements from `from` to before `to`, for lots that were open before; exchanges stamp them a few ms late. */
function payFunding(journal: Journal, from: number, to: number, funding: readonly FundingRate[]): void {
  const { account } = journal;
  if (!account.settings.funding || account.lots.length === 0) return;
  for (const { time, rate } of funding) {
    const due = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    if (due < from || due >= to) continue;
    account.lots = account.lots.map((lot) => {
      const amount = roundMoney(-signOf(lot.side) * lot.notional * rate);
      if (lot.openedAt >= due || amount === 0) return lot;
      post(journal, 'funding', amount, { time: due, candle: due }, lot);
      journal.sentences.push(sentenceOfFunding(lot, amount, rate));
      return { ...lot, funding: addMoney(lot.funding, amount) };
    });
  }
}

function stepsAt({ holdClock, steps, openedAt }: Lot, closeTime: number, growth: number): number {
  return holdClock === 'training' ? steps + growth : (closeTime - openedAt) / QUARTER_MS;
}

function checkExit(journal: Journal, lot: Lot, candle: Candle, closeTime: number): void {
  const exit = exitOf(lot, candle, journal.account.settings.stopGap);
  if (exit === null) return;
  const moment: Moment = { time: exit.atOpen ? candle.openTime : closeTime, candle: candle.openTime };
  if (exit.reason === 'LIQUIDATION') liquidateLot(journal, lot, exit.price, moment);
  else closeLot(journal, lot, exit.price, exit.reason, moment);
}

/** Closes lots by market orders: `price` moved against them by slippage, with a fee. */
export function closeAtMarket(
  journal: Journal,
  lots: readonly Lot[],
  price: number,
  atr14: number,
  reason: CloseReason,
  moment: Moment,
): void {
  for (const lot of lots) {
    closeLot(journal, lot, slippedPrice(price, atr14, closingOrder(lot.side)), reason, moment);
  }
}

/** The kill switch, at the close of a 3-minute candle. */
function switchOff(journal: Journal, close: number, atr14: number, moment: Moment): void {
  const { account } = journal;
  const { killLevel } = account.settings;
  const equity = equityAt(account, close);
  if (account.status === 'KILLED' || equity >= killLevel * account.initialBalance) return;
  journal.sentences.push(sentenceOfKill(equity, account.initialBalance, killLevel));
  closeAtMarket(journal, account.lots, close, atr14, 'KILLED', moment);
  account.status = 'KILLED';
}

function recordEquity({ account, equity }: Journal, close: number, time: number): void {
  equity.push({
    time,
    wallet: account.wallet,
    equity: equityAt(account, close),
    openLots: account.lots.length,
    openSide: account.lots[0]?.side ?? null,
  });
}
