import type { Side } from '../pipeline/account-state.ts';
import type { PaperAccount } from './account.ts';
import type { DecisionRecord } from './decision-record.ts';
import { type LedgerKind, type LedgerLine, lineId } from './ledger.ts';
import { type ClosedLot, type CloseReason, type Lot, lotPnl } from './lot.ts';
import { addMoney, roundMoney } from './money.ts';
import { sentenceOfClosing } from './sentences.ts';
import { TAKER_FEE } from './trading-costs.ts';

/** The equity at the close of a decision candle (paper.md#50). */
export interface EquityPoint {
  /** Close time of the candle, ms. */
  readonly time: number;
  readonly wallet: number;
  readonly equity: number;
  readonly openLots: number;
  readonly openSide: Side | null;
}

/** The result of an event: the account after it and the records that the event created, in order. */
export interface Outcome {
  readonly account: PaperAccount;
  readonly lines: readonly LedgerLine[];
  readonly opened: readonly Lot[];
  readonly closed: readonly ClosedLot[];
  readonly decisions: readonly DecisionRecord[];
  readonly equity: readonly EquityPoint[];
  readonly sentences: readonly string[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** An outcome that is being built. */
export interface OutcomeDraft {
  account: Mutable<PaperAccount>;
  readonly lines: LedgerLine[];
  readonly opened: Lot[];
  readonly closed: ClosedLot[];
  readonly decisions: DecisionRecord[];
  readonly equity: EquityPoint[];
  readonly sentences: string[];
}

/** Builds an outcome: `work` changes a draft of the account, the account itself stays as it is. */
export function draftOutcome(account: PaperAccount, work: (draft: OutcomeDraft) => void): Outcome {
  const draft: OutcomeDraft = {
    account: { ...account },
    lines: [],
    opened: [],
    closed: [],
    decisions: [],
    equity: [],
    sentences: [],
  };
  work(draft);
  return draft;
}

/** The outcome of an event that changes nothing. */
export function unchangedOutcome(account: PaperAccount): Outcome {
  return draftOutcome(account, () => {});
}

/**
 * Consecutive outcomes as one.
 * @param start the account before the first of them
 */
export function concatOutcomes(start: PaperAccount, outcomes: readonly Outcome[]): Outcome {
  return {
    account: outcomes.at(-1)?.account ?? start,
    lines: outcomes.flatMap(({ lines }) => lines),
    opened: outcomes.flatMap(({ opened }) => opened),
    closed: outcomes.flatMap(({ closed }) => closed),
    decisions: outcomes.flatMap(({ decisions }) => decisions),
    equity: outcomes.flatMap(({ equity }) => equity),
    sentences: outcomes.flatMap(({ sentences }) => sentences),
  };
}

/** When something happened, and the open time of the candle or settlement that ids are derived from; both in ms. */
export interface EventTime {
  readonly time: number;
  readonly candle: number;
  /** Of ledger lines that a person caused. */
  readonly reason?: string | null;
  readonly detail?: string | null;
}

/**
 * Appends a ledger line: the only way in which the wallet changes (paper.md#37).
 * @param amount rounded to 1e-8
 */
export function postLine(
  { account, lines }: OutcomeDraft,
  kind: LedgerKind,
  amount: number,
  { time, candle, reason = null, detail = null }: EventTime,
  lot: Lot | null,
): void {
  account.wallet = addMoney(account.wallet, amount);
  account.lineCount += 1;
  // A lot may be edited several times before the next candle.
  const edit = kind === 'edit' ? `-${account.lineCount}` : '';
  lines.push({
    id: lineId(account.id, account.epoch, candle, kind, lot && `${lot.key}${edit}`),
    accountId: account.id,
    epoch: account.epoch,
    sequence: account.lineCount,
    time,
    kind,
    amount,
    lotId: lot?.id ?? null,
    walletAfter: account.wallet,
    reason,
    detail,
  });
}

/** Adds a lot and pays its entry fee. */
export function openLot(draft: OutcomeDraft, lot: Lot, at: EventTime): void {
  postLine(draft, 'entry_fee', roundMoney(-lot.entryFee), at, lot);
  draft.account.lots = [...draft.account.lots, lot];
  draft.opened.push(lot);
}

/** The fill that closes a lot. */
export type ExitFill = Pick<ClosedLot, 'exitPrice' | 'exitReference'> & { readonly reason: CloseReason };

/** Closes a lot with the exit fee of paper.md#19. */
export function closeLot(draft: OutcomeDraft, lot: Lot, fill: ExitFill, at: EventTime): void {
  const { exitPrice } = fill;
  const grossPnl = roundMoney(lotPnl(lot, exitPrice));
  const exitFee = roundMoney(lot.quantity * exitPrice * TAKER_FEE);
  postLine(draft, 'realised_pnl', grossPnl, at, lot);
  postLine(draft, 'exit_fee', roundMoney(-exitFee), at, lot);
  removeLot(draft, lot, { ...fill, closedAt: at.time, grossPnl, exitFee });
}

/** Closes a lot at its liquidation: the margin is lost, without an exit fee (paper.md#25). */
export function liquidateLot(draft: OutcomeDraft, lot: Lot, exitPrice: number, at: EventTime): void {
  const grossPnl = roundMoney(-lot.margin);
  postLine(draft, 'liquidation', grossPnl, at, lot);
  removeLot(draft, lot, {
    exitPrice,
    exitReference: null,
    reason: 'LIQUIDATION',
    closedAt: at.time,
    grossPnl,
    exitFee: 0,
  });
}

function removeLot(
  draft: OutcomeDraft,
  lot: Lot,
  exit: ExitFill & Pick<ClosedLot, 'closedAt' | 'grossPnl' | 'exitFee'>,
): void {
  const costs = addMoney(addMoney(-lot.entryFee, -exit.exitFee), lot.funding);
  const closed: ClosedLot = { ...lot, ...exit, netPnl: addMoney(exit.grossPnl, costs) };
  draft.account.lots = draft.account.lots.filter(({ id }) => id !== lot.id);
  draft.closed.push(closed);
  draft.sentences.push(sentenceOfClosing(closed));
}

/** Adds the row of a candle; it replaces an undecided row of the same candle (paper.md#9). */
export function recordDecision(draft: OutcomeDraft, record: DecisionRecord): void {
  draft.account.lastDecision = { asOf: record.asOf, decided: record.decided };
  draft.decisions.push(record);
}
