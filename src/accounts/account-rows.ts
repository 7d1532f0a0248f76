import type {
  PaperAccountRow,
  PaperDecisionRow,
  PaperEquityRow,
  PaperLedgerRow,
  PaperLotRow,
} from '../db/tables.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { LedgerKind, LedgerLine } from '../trading/ledger.ts';
import type { ClosedLot, CloseReason, Lot } from '../trading/lot.ts';
import type { EquityPoint } from '../trading/outcome.ts';

/** How the domain's values stand in the store, and back; nothing is rounded on the way. */

type AccountColumns = Pick<
  PaperAccountRow,
  | 'status'
  | 'epoch'
  | 'settings'
  | 'initial_balance'
  | 'wallet'
  | 'line_count'
  | 'next_candle'
  | 'last_as_of'
  | 'last_decided'
>;

export function accountColumns(account: PaperAccount): AccountColumns {
  return {
    status: account.status,
    epoch: account.epoch,
    settings: JSON.stringify(account.settings),
    initial_balance: account.initialBalance,
    wallet: account.wallet,
    line_count: account.lineCount,
    next_candle: account.nextCandle,
    last_as_of: account.lastDecision?.asOf ?? null,
    last_decided: account.lastDecision === null ? null : account.lastDecision.decided ? 1 : 0,
  };
}

/** @param lots the account's open ones, in the order opened */
export function accountOf(row: AccountColumns & { readonly id: string }, lots: readonly Lot[]): PaperAccount {
  return {
    id: row.id,
    epoch: row.epoch,
    status: row.status,
    settings: JSON.parse(row.settings),
    initialBalance: row.initial_balance,
    wallet: row.wallet,
    lots,
    lineCount: row.line_count,
    nextCandle: row.next_candle,
    lastDecision: row.last_as_of === null ? null : { asOf: row.last_as_of, decided: row.last_decided === 1 },
  };
}

export function lotRow(accountId: string, epoch: number, sequence: number, lot: Lot): PaperLotRow {
  return {
    id: lot.id,
    account_id: accountId,
    epoch,
    sequence,
    status: 'OPEN',
    key: lot.key,
    origin: lot.origin,
    side: lot.side,
    entry_price: lot.entryPrice,
    quantity: lot.quantity,
    notional: lot.notional,
    margin: lot.margin,
    leverage: lot.leverage,
    stop_loss: lot.stopLoss,
    take_profit: lot.takeProfit,
    opened_at: lot.openedAt,
    steps: lot.steps,
    hold_clock: lot.holdClock,
    max_steps: lot.maxSteps,
    entry_fee: lot.entryFee,
    funding: lot.funding,
    exit_price: null,
    closed_at: null,
    close_reason: null,
    gross_pnl: null,
    exit_fee: null,
    net_pnl: null,
  };
}

/** What changes of a row when its lot closes. */
export function closingColumns(lot: ClosedLot) {
  return {
    status: 'CLOSED' as const,
    steps: lot.steps,
    funding: lot.funding,
    exit_price: lot.exitPrice,
    closed_at: lot.closedAt,
    close_reason: lot.reason,
    gross_pnl: lot.grossPnl,
    exit_fee: lot.exitFee,
    net_pnl: lot.netPnl,
  };
}

export function lotOfRow(row: PaperLotRow): Lot {
  return {
    id: row.id,
    key: row.key,
    origin: row.origin,
    side: row.side,
    entryPrice: row.entry_price,
    quantity: row.quantity,
    notional: row.notional,
    margin: row.margin,
    leverage: row.leverage,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    openedAt: row.opened_at,
    steps: row.steps,
    holdClock: row.hold_clock,
    maxSteps: row.max_steps,
    entryFee: row.entry_fee,
    funding: row.funding,
  };
}

export function closedLotOfRow(row: PaperLotRow): ClosedLot {
  return {
    ...lotOfRow(row),
    exitPrice: row.exit_price as number,
    closedAt: row.closed_at as number,
    reason: row.close_reason as CloseReason,
    grossPnl: row.gross_pnl as number,
    exitFee: row.exit_fee as number,
    netPnl: row.net_pnl as number,
  };
}

export function lineRow(line: LedgerLine): PaperLedgerRow {
  const { id, accountId, epoch, sequence, time, kind, amount, lotId, walletAfter } = line;
  return {
    id,
    account_id: accountId,
    epoch,
    sequence,
    time,
    kind,
    amount,
    lot_id: lotId,
    wallet_after: walletAfter,
  };
}

export function lineOf(row: PaperLedgerRow): LedgerLine {
  const { id, account_id, epoch, sequence, time, kind, amount, lot_id, wallet_after } = row;
  return {
    id,
    accountId: account_id,
    epoch,
    sequence,
    time,
    kind: kind as LedgerKind,
    amount,
    lotId: lot_id,
    walletAfter: wallet_after,
  };
}

export function decisionRow(record: DecisionRecord, storedAt: number): PaperDecisionRow {
  return {
    account_id: record.accountId,
    as_of: record.asOf,
    epoch: record.epoch,
    decided: record.decided ? 1 : 0,
    source: record.source,
    signal: record.signal,
    confidence: record.confidence,
    sentiment: record.sentiment,
    action: record.action,
    reason: record.reason,
    sentences: JSON.stringify(record.sentences),
    order: record.order && JSON.stringify(record.order),
    lot_id: record.lotId,
    evidence: record.evidence && JSON.stringify(record.evidence),
    stored_at: storedAt,
  };
}

export function decisionOf(row: PaperDecisionRow): DecisionRecord {
  return {
    accountId: row.account_id,
    epoch: row.epoch,
    asOf: row.as_of,
    decided: row.decided === 1,
    source: row.source as DecisionRecord['source'],
    signal: row.signal as DecisionRecord['signal'],
    confidence: row.confidence,
    sentiment: row.sentiment as DecisionRecord['sentiment'],
    action: row.action as DecisionRecord['action'],
    reason: row.reason as DecisionRecord['reason'],
    sentences: JSON.parse(row.sentences),
    order: row.order === null ? null : JSON.parse(row.order),
    lotId: row.lot_id,
    evidence: row.evidence === null ? null : JSON.parse(row.evidence),
  };
}

export function equityRow(accountId: string, epoch: number, point: EquityPoint): PaperEquityRow {
  const { time, wallet, equity, openLots, openSide } = point;
  return { account_id: accountId, epoch, time, wallet, equity, open_lots: openLots, open_side: openSide };
}
