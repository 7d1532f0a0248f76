import { type Candle, type FundingRate, MINUTE_MS } from '../candle.ts';
import { equityAt, type PaperAccount } from './account.ts';
import {
  DECISION_CANDLE_MS,
  decisionCandleStart,
  INTRABAR_CANDLE_MS,
  INTRABAR_PER_DECISION,
} from './candle-times.ts';
import { undecided } from './decision-record.ts';
import { exitOf } from './exits.ts';
import { type CloseReason, closingOrder, type Lot, signOf } from './lot.ts';
import { addMoney, roundMoney } from './money.ts';
import {
  closeLot,
  draftOutcome,
  liquidateLot,
  type Moment,
  type Outcome,
  type OutcomeDraft,
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
 * Executes one closed intrabar candle (paper.md#24): funding, then for each lot liquidation, stop and target; at the
 * end of a decision candle rounding and expiry; then the kill switch. A candle that was executed before does nothing.
 * @throws RangeError when candles before it were left out
 */
export function executeCandle(account: PaperAccount, event: CandleEvent): Outcome {
  return draftOutcome(account, (draft) => {
    const { openTime } = event.candle;
    if (openTime < account.nextCandle) return;
    if (openTime > account.nextCandle) throw leftOut(account, openTime);
    executeBar(draft, event, INTRABAR_CANDLE_MS, 1 / INTRABAR_PER_DECISION);
  });
}

/**
 * Executes what is left of a 15-minute candle that lacks some of its 3-minute candles, as one bar of its own; each lot
 * grows one step older by it. A candle that was executed before does nothing.
 * @throws RangeError when candles before it were left out
 */
export function executeWithoutIntrabar(account: PaperAccount, event: CandleEvent): Outcome {
  return draftOutcome(account, (draft) => {
    const { openTime } = event.candle;
    const closeTime = openTime + DECISION_CANDLE_MS;
    if (closeTime <= account.nextCandle) return;
    if (openTime > account.nextCandle) throw leftOut(account, openTime);
    executeBar(draft, event, DECISION_CANDLE_MS, (closeTime - account.nextCandle) / DECISION_CANDLE_MS);
  });
}

/**
 * Lets an account without lots live to the quarter of an hour that `to` (ms) falls in; it needs no candles for that.
 * @throws RangeError when it has lots
 */
export function skipCandlesWithoutLots(account: PaperAccount, to: number): Outcome {
  if (account.lots.length > 0)
    throw new RangeError(`${account.id} has lots; their candles must be executed.`);
  return draftOutcome(account, (draft) => {
    while (draft.account.nextCandle < decisionCandleStart(to)) {
      const closeTime = decisionCandleStart(draft.account.nextCandle) + DECISION_CANDLE_MS;
      missDecision(draft);
      switchOff(draft, 0, 0, { time: closeTime, candle: draft.account.nextCandle });
      draft.account.nextCandle = closeTime;
      recordEquity(draft, 0, closeTime);
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
  draft: OutcomeDraft,
  { candle, atr14, funding }: CandleEvent,
  length: number,
  growth: number,
): void {
  const { account } = draft;
  const closeTime = candle.openTime + length;
  missDecision(draft);
  payFunding(draft, account.nextCandle, closeTime, funding);
  account.lots = account.lots.map((lot) => ({ ...lot, steps: stepsAt(lot, closeTime, growth) }));
  for (const lot of account.lots) checkExit(draft, lot, candle, closeTime);
  const endsQuarter = closeTime % DECISION_CANDLE_MS === 0;
  const moment: Moment = { time: closeTime, candle: candle.openTime };
  if (endsQuarter) {
    // In float64 five times 0.2 is at times a little more than 1, and then this runs ahead, as in training.
    account.lots = account.lots.map((lot) => ({ ...lot, steps: Math.ceil(lot.steps) }));
    const expired = account.lots.filter((lot) => lot.steps >= lot.maxSteps);
    closeAtMarket(draft, expired, candle.close, atr14, 'TIME_LIMIT', moment);
  }
  switchOff(draft, candle.close, atr14, moment);
  account.nextCandle = closeTime;
  if (endsQuarter) recordEquity(draft, candle.close, closeTime);
}

/** A candle without a row by the time that its orders' fill is over never gets a decision. */
function missDecision(draft: OutcomeDraft): void {
  const { account } = draft;
  const asOf = decisionCandleStart(account.nextCandle);
  if (account.lastDecision !== null && account.lastDecision.asOf >= asOf) return;
  const sentence = `No poll came while the candle that closed at ${new Date(asOf).toISOString()} could be traded.`;
  recordDecision(draft, undecided(account, asOf, 'MISSED', sentence));
}

/** Settlements from `from` to before `to`, for lots that were open before; exchanges stamp them a few ms late. */
function payFunding(draft: OutcomeDraft, from: number, to: number, funding: readonly FundingRate[]): void {
  const { account } = draft;
  if (!account.settings.funding || account.lots.length === 0) return;
  for (const { time, rate } of funding) {
    const due = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    if (due < from || due >= to) continue;
    account.lots = account.lots.map((lot) => {
      const amount = roundMoney(-signOf(lot.side) * lot.notional * rate);
      if (lot.openedAt >= due || amount === 0) return lot;
      post(draft, 'funding', amount, { time: due, candle: due }, lot);
      draft.sentences.push(sentenceOfFunding(lot, amount, rate));
      return { ...lot, funding: addMoney(lot.funding, amount) };
    });
  }
}

function stepsAt({ holdClock, steps, openedAt }: Lot, closeTime: number, growth: number): number {
  return holdClock === 'training' ? steps + growth : (closeTime - openedAt) / DECISION_CANDLE_MS;
}

function checkExit(draft: OutcomeDraft, lot: Lot, candle: Candle, closeTime: number): void {
  const exit = exitOf(lot, candle, draft.account.settings.stopGap);
  if (exit === null) return;
  const moment: Moment = { time: exit.atOpen ? candle.openTime : closeTime, candle: candle.openTime };
  if (exit.reason === 'LIQUIDATION') liquidateLot(draft, lot, exit.price, moment);
  else closeLot(draft, lot, exit.price, exit.reason, moment);
}

/** Closes lots by market orders: `price` moved against them by slippage, with a fee. */
export function closeAtMarket(
  draft: OutcomeDraft,
  lots: readonly Lot[],
  price: number,
  atr14: number,
  reason: CloseReason,
  moment: Moment,
): void {
  for (const lot of lots) {
    closeLot(draft, lot, slippedPrice(price, atr14, closingOrder(lot.side)), reason, moment);
  }
}

/** The kill switch, at the close of a 3-minute candle. */
function switchOff(draft: OutcomeDraft, close: number, atr14: number, moment: Moment): void {
  const { account } = draft;
  const { killLevel } = account.settings;
  const equity = equityAt(account, close);
  if (account.status === 'KILLED' || equity >= killLevel * account.initialBalance) return;
  draft.sentences.push(sentenceOfKill(equity, account.initialBalance, killLevel));
  closeAtMarket(draft, account.lots, close, atr14, 'KILLED', moment);
  account.status = 'KILLED';
}

function recordEquity({ account, equity }: OutcomeDraft, close: number, time: number): void {
  equity.push({
    time,
    wallet: account.wallet,
    equity: equityAt(account, close),
    openLots: account.lots.length,
    openSide: account.lots[0]?.side ?? null,
  });
}
