import type { Candle, FundingRate } from '../candle.ts';
import { equityAt, type PaperAccount } from './account.ts';
import { decisionCandleStart, intrabarCount } from './account-pipeline.ts';
import { type DecisionCandle, settlementMinute } from './decision-candle.ts';
import { undecidedRecord } from './decision-record.ts';
import { exitOf } from './exits.ts';
import { type CloseReason, closingOrder, type Lot, signOf } from './lot.ts';
import { addMoney, roundMoney } from './money.ts';
import {
  closeLot,
  concatOutcomes,
  draftOutcome,
  type EventTime,
  liquidateLot,
  type Outcome,
  type OutcomeDraft,
  postLine,
  recordDecision,
} from './outcome.ts';
import { sentenceOfFunding, sentenceOfKill } from './sentences.ts';
import { slippedPrice } from './trading-costs.ts';

/** A closed candle to execute. */
export interface ClosedCandle {
  readonly candle: Candle;
  /** ATR14 of the decision candle that closed before: it determines slippage. */
  readonly atr14: number;
  /** Settlements; those during the candle are paid. */
  readonly funding: readonly FundingRate[];
}

/**
 * Executes what the account has not executed of a closed decision candle.
 * @throws RangeError if the account has not executed the candles before it
 */
export function executeDecisionCandle(account: PaperAccount, decisionCandle: DecisionCandle): Outcome {
  const { candle, intrabar, atr14, funding } = decisionCandle;
  if (intrabar === null) return executeWithoutIntrabar(account, { candle, atr14, funding });
  return executeIntrabarCandles(account, intrabar, { atr14, funding });
}

/**
 * Executes closed intrabar candles in order.
 * @throws RangeError if candles are left out
 */
export function executeIntrabarCandles(
  account: PaperAccount,
  candles: readonly Candle[],
  { atr14, funding }: Pick<ClosedCandle, 'atr14' | 'funding'>,
): Outcome {
  const outcomes: Outcome[] = [];
  let current = account;
  for (const candle of candles) {
    const outcome = executeIntrabarCandle(current, { candle, atr14, funding });
    outcomes.push(outcome);
    current = outcome.account;
  }
  return concatOutcomes(account, outcomes);
}

/**
 * Executes a closed intrabar candle (paper.md#24). Does nothing if it was executed before.
 * @throws RangeError if the account has not executed the candles before it
 */
export function executeIntrabarCandle(account: PaperAccount, closed: ClosedCandle): Outcome {
  return draftOutcome(account, (draft) => {
    const { openTime } = closed.candle;
    const { pipeline } = account;
    if (openTime < account.nextCandle) return;
    requireNext(account, openTime);
    execute(draft, closed, openTime + pipeline.intrabarMs, 1 / intrabarCount(pipeline));
  });
}

/**
 * Executes the rest of a decision candle that lacks intrabar candles as one candle (paper.md#28). Does nothing if it was
 * executed before.
 * @throws RangeError if the account has not executed the candles before it
 */
export function executeWithoutIntrabar(account: PaperAccount, closed: ClosedCandle): Outcome {
  return draftOutcome(account, (draft) => {
    const { decisionMs } = account.pipeline;
    const closeTime = closed.candle.openTime + decisionMs;
    if (closeTime <= account.nextCandle) return;
    requireNext(account, closed.candle.openTime);
    execute(draft, closed, closeTime, (closeTime - account.nextCandle) / decisionMs);
  });
}

/**
 * Advances an account without lots to the decision candle that `to` (ms) falls in. It needs no candles.
 * @throws RangeError if it has lots
 */
export function skipCandles(account: PaperAccount, to: number): Outcome {
  if (account.lots.length > 0)
    throw new RangeError(`${account.id} has lots; their candles must be executed.`);
  const { pipeline } = account;
  return draftOutcome(account, (draft) => {
    while (draft.account.nextCandle < decisionCandleStart(pipeline, to)) {
      const closeTime = decisionCandleStart(pipeline, draft.account.nextCandle) + pipeline.decisionMs;
      recordMissedDecision(draft);
      applyKillSwitch(draft, 0, 0, { time: closeTime, candle: draft.account.nextCandle });
      draft.account.nextCandle = closeTime;
      recordEquity(draft, 0, closeTime);
    }
  });
}

function requireNext({ id, nextCandle }: PaperAccount, openTime: number): void {
  if (openTime <= nextCandle) return;
  throw new RangeError(
    `${id} has to execute the candle of ${new Date(nextCandle).toISOString()} ` +
      `before that of ${new Date(openTime).toISOString()}.`,
  );
}

/**
 * The events of a candle in the order of paper.md#24.
 * @param stepGrowth how much step counters of the training clock grow
 */
function execute(
  draft: OutcomeDraft,
  { candle, atr14, funding }: ClosedCandle,
  closeTime: number,
  stepGrowth: number,
): void {
  const { account } = draft;
  const at: EventTime = { time: closeTime, candle: candle.openTime };
  const endsDecisionCandle = closeTime % account.pipeline.decisionMs === 0;
  recordMissedDecision(draft);
  payFunding(draft, account.nextCandle, closeTime, funding);
  growSteps(draft, closeTime, stepGrowth);
  for (const lot of account.lots) checkExit(draft, lot, candle, closeTime);
  if (endsDecisionCandle) expireLots(draft, candle.close, atr14, at);
  applyKillSwitch(draft, candle.close, atr14, at);
  account.nextCandle = closeTime;
  if (endsDecisionCandle) recordEquity(draft, candle.close, closeTime);
}

/** A decision candle without a row by the time that its orders can no longer be filled was missed (paper.md#10). */
function recordMissedDecision(draft: OutcomeDraft): void {
  const { account } = draft;
  const asOf = decisionCandleStart(account.pipeline, account.nextCandle);
  if (account.lastDecision !== null && account.lastDecision.asOf >= asOf) return;
  const sentence = `No poll came while the candle that closed at ${new Date(asOf).toISOString()} could be traded.`;
  recordDecision(draft, undecidedRecord(account, asOf, 'MISSED', sentence));
}

/** Settlements from `from` to before `to` (ms), for lots opened before them (paper.md#33). */
function payFunding(draft: OutcomeDraft, from: number, to: number, funding: readonly FundingRate[]): void {
  const { account } = draft;
  if (!account.settings.funding || account.lots.length === 0) return;
  for (const settlement of funding) {
    const due = settlementMinute(settlement);
    if (due < from || due >= to) continue;
    account.lots = account.lots.map((lot) => {
      const amount = roundMoney(-signOf(lot.side) * lot.notional * settlement.rate);
      if (lot.openedAt >= due || amount === 0) return lot;
      postLine(draft, 'funding', amount, { time: due, candle: due }, lot);
      draft.sentences.push(sentenceOfFunding(lot, amount, settlement.rate));
      return { ...lot, funding: addMoney(lot.funding, amount) };
    });
  }
}

function growSteps({ account }: OutcomeDraft, closeTime: number, stepGrowth: number): void {
  account.lots = account.lots.map((lot) => ({
    ...lot,
    steps:
      lot.holdClock === 'training'
        ? lot.steps + stepGrowth
        : (closeTime - lot.openedAt) / account.pipeline.decisionMs,
  }));
}

function checkExit(draft: OutcomeDraft, lot: Lot, candle: Candle, closeTime: number): void {
  const exit = exitOf(lot, candle, draft.account.settings);
  if (exit === null) return;
  const at: EventTime = { time: exit.atOpen ? candle.openTime : closeTime, candle: candle.openTime };
  if (exit.reason === 'LIQUIDATION') liquidateLot(draft, lot, exit.price, at);
  else closeLot(draft, lot, { exitPrice: exit.price, exitReference: null, reason: exit.reason }, at);
}

/** At the end of a decision candle: rounds the step counters up and closes lots at their limit (paper.md#32). */
function expireLots(draft: OutcomeDraft, close: number, atr14: number, at: EventTime): void {
  const { account } = draft;
  // The parts of a decision candle can add up to a little more than 1 (five times 0.2): this then runs ahead, as it did
  // in training (paper.md#31).
  account.lots = account.lots.map((lot) => ({ ...lot, steps: Math.ceil(lot.steps) }));
  const expired = account.lots.filter((lot) => lot.steps >= lot.maxSteps);
  closeAtMarket(draft, expired, close, atr14, 'TIME_LIMIT', at);
}

/** Closes lots by market orders: at `price` with slippage and fee. */
export function closeAtMarket(
  draft: OutcomeDraft,
  lots: readonly Lot[],
  price: number,
  atr14: number,
  reason: CloseReason,
  at: EventTime,
): void {
  for (const lot of lots) {
    const exitPrice = slippedPrice(price, atr14, closingOrder(lot.side));
    closeLot(draft, lot, { exitPrice, exitReference: price, reason }, at);
  }
}

/** paper.md#36. */
function applyKillSwitch(draft: OutcomeDraft, close: number, atr14: number, at: EventTime): void {
  const { account } = draft;
  const { killLevel } = account.settings;
  const equity = equityAt(account, close);
  if (account.status === 'KILLED' || equity >= killLevel * account.initialBalance) return;
  draft.sentences.push(sentenceOfKill(equity, account.initialBalance, killLevel));
  closeAtMarket(draft, account.lots, close, atr14, 'KILLED', at);
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
