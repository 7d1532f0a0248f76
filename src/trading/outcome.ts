import type { Side } from '../pipeline/account-state.ts';
import type { PaperAccount } from './account.ts';
import type { DecisionRecord } from './decision-record.ts';
import { type LedgerKind, type LedgerLine, lineId } from './ledger.ts';
import { type ClosedLot, type CloseReason, type Lot, lotPnl } from './lot.ts';
import { addMoney, roundMoney } from './money.ts';
import { sentenceOfClosing } from './sentences.ts';
import { TAKER_FEE } from './trading-costs.ts';

/** What an account was worth at the end of a 15-minute candle. */
export interface EquityPoint {
  /** Close time of the candle, ms. */
  readonly time: number;
  readonly wallet: number;
  readonly equity: number;
  readonly openLots: number;
  readonly openSide: Side | null;
}

/** What came of an event: the account after it, and everything that it left behind, in order. */
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

/** An outcome in the making; it is never seen outside the event that it belongs to. */
export interface OutcomeDraft {
  account: Mutable<PaperAccount>;
  readonly lines: LedgerLine[];
  readonly opened: Lot[];
  readonly closed: ClosedLot[];
  readonly decisions: DecisionRecord[];
  readonly equity: EquityPoint[];
  readonly sentences: string[];
}

/** Runs `work` on a journal of the account, which itself stays as it is. */
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

/** Several outcomes, one after the other, as one. */
export function concatOutcomes(all: readonly [Outcome, ...Outcome[]]): Outcome {
  return {
    account: all.at(-1)!.account,
    lines: all.flatMap(({ lines }) => lines),
    opened: all.flatMap(({ opened }) => opened),
    closed: all.flatMap(({ closed }) => closed),
    decisions: all.flatMap(({ decisions }) => decisions),
    equity: all.flatMap(({ equity }) => equity),
    sentences: all.flatMap(({ sentences }) => sentences),
  };
}

/** When something happened, and the candle or settlement its id is derived from; both in ms. */
export interface Moment {
  readonly time: number;
  readonly candle: number;
}

/** Moves money: the wallet changes by a ledger line only. `amount` is already rounded. */
export function post(
  { account, lines }: OutcomeDraft,
  kind: LedgerKind,
  amount: number,
  { time, candle }: Moment,
  lot: Lot | null,
): void {
  account.wallet = addMoney(account.wallet, amount);
  account.lineCount += 1;
  lines.push({
    id: lineId(account.id, account.epoch, candle, kind, lot?.key ?? null),
    accountId: account.id,
    epoch: account.epoch,
    sequence: account.lineCount,
    time,
    kind,
    amount,
    lotId: lot?.id ?? null,
    walletAfter: account.wallet,
  });
}

/** Adds a lot and pays its entry fee. */
export function openLot(draft: OutcomeDraft, lot: Lot, moment: Moment): void {
  post(draft, 'entry_fee', roundMoney(-lot.entryFee), moment, lot);
  draft.account.lots = [...draft.account.lots, lot];
  draft.opened.push(lot);
}

/** Closes a lot at `exitPrice`: the exit fee is taken of quantity times exit price. */
export function closeLot(
  draft: OutcomeDraft,
  lot: Lot,
  exitPrice: number,
  reason: CloseReason,
  moment: Moment,
): void {
  const grossPnl = roundMoney(lotPnl(lot, exitPrice));
  const exitFee = roundMoney(lot.quantity * exitPrice * TAKER_FEE);
  post(draft, 'realised_pnl', grossPnl, moment, lot);
  post(draft, 'exit_fee', roundMoney(-exitFee), moment, lot);
  forget(draft, lot, { exitPrice, reason, closedAt: moment.time, grossPnl, exitFee });
}

/** Closes a lot at its liquidation: the margin is lost, and no fee is taken beside it. */
export function liquidateLot(draft: OutcomeDraft, lot: Lot, exitPrice: number, moment: Moment): void {
  const grossPnl = roundMoney(-lot.margin);
  post(draft, 'liquidation', grossPnl, moment, lot);
  forget(draft, lot, {
    exitPrice,
    reason: 'LIQUIDATION',
    closedAt: moment.time,
    grossPnl,
    exitFee: 0,
  });
}

function forget(
  draft: OutcomeDraft,
  lot: Lot,
  exit: Pick<ClosedLot, 'exitPrice' | 'reason' | 'closedAt' | 'grossPnl' | 'exitFee'>,
): void {
  const costs = addMoney(addMoney(-lot.entryFee, -exit.exitFee), lot.funding);
  const closed: ClosedLot = { ...lot, ...exit, netPnl: addMoney(exit.grossPnl, costs) };
  draft.account.lots = draft.account.lots.filter(({ id }) => id !== lot.id);
  draft.closed.push(closed);
  draft.sentences.push(sentenceOfClosing(closed));
}

/** Stores the row of a candle; a later row of the same candle takes the place of an undecided one. */
export function recordDecision(draft: OutcomeDraft, record: DecisionRecord): void {
  draft.account.lastDecision = { asOf: record.asOf, decided: record.decided };
  draft.decisions.push(record);
}
