import type { NewRow, Row } from '../db/tables.ts';
import { camelKeys, snakeKeys } from '../runtime/key-case.ts';
import type { PaperAccount } from '../trading/account.ts';
import { type AccountPipeline, accountPipeline } from '../trading/account-pipeline.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { LedgerLine } from '../trading/ledger.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';

/** Converts accounts and their records to rows of the store and back; nothing is rounded. */

export function accountColumns(account: PaperAccount) {
  const { id: _, lots: __, settings, pipeline, lastDecision, ...columns } = account;
  return {
    ...snakeKeys(columns),
    settings: JSON.stringify(settings),
    pipeline: pipelineColumn(pipeline),
    last_as_of: lastDecision?.asOf ?? null,
    last_decided: lastDecision && flagOf(lastDecision.decided),
  };
}

/** The pipeline of an account or a replay, as it is stored. */
export function pipelineColumn({ decisionMs: _, intrabarMs: __, ...stored }: AccountPipeline): string {
  return JSON.stringify(stored);
}

export function pipelineOfColumn(text: string): AccountPipeline {
  return accountPipeline(JSON.parse(text));
}

/** @param lots the open lots of the account, in the order opened */
export function accountOf(row: Row<'paper_accounts'>, lots: readonly Lot[]): PaperAccount {
  const { id, epoch, status, initial_balance, wallet, line_count, next_candle, last_as_of } = row;
  return {
    ...camelKeys({ id, epoch, status, initial_balance, wallet, line_count, next_candle }),
    settings: JSON.parse(row.settings),
    pipeline: pipelineOfColumn(row.pipeline),
    lots,
    lastDecision: last_as_of === null ? null : { asOf: last_as_of, decided: row.last_decided === 1 },
  };
}

/** @param place of the lot among those of its account */
export function lotRow(
  accountId: string,
  place: Pick<Row<'paper_lots'>, 'epoch' | 'sequence' | 'position'>,
  lot: Lot,
): NewRow<'paper_lots'> {
  return { ...snakeKeys(lot), ...place, account_id: accountId, status: 'OPEN' };
}

/** The columns of a lot after it closed. @param lot with a code of the old system, if it is imported from there */
export function closedLotColumns({
  reason,
  ...lot
}: Omit<ClosedLot, 'reason'> & { readonly reason: string }) {
  return { ...snakeKeys(lot), status: 'CLOSED' as const, close_reason: reason };
}

export function lotOf(row: Row<'paper_lots'>): Lot | ClosedLot {
  const { account_id, epoch, sequence, position, status, ...columns } = row;
  const { exit_price, exit_reference, closed_at, close_reason, gross_pnl, exit_fee, net_pnl, ...lot } =
    columns;
  if (status === 'OPEN') return camelKeys(lot);
  const closing = { exit_price, exit_reference, closed_at, gross_pnl, exit_fee, net_pnl };
  return { ...camelKeys(lot), ...camelKeys(closing), reason: close_reason } as ClosedLot;
}

/** The columns of an open lot. */
export const OPEN_LOT_COLUMNS = [
  ...(['id', 'key', 'origin', 'side', 'entry_price', 'quantity', 'notional', 'margin', 'leverage'] as const),
  ...(['stop_loss', 'take_profit', 'opened_at', 'steps', 'hold_clock', 'max_steps'] as const),
  ...(['entry_fee', 'funding', 'entry_reference', 'part_of', 'first_stop'] as const),
] as const;

type OpenLotColumn = (typeof OPEN_LOT_COLUMNS)[number];

/** The open lot of a row that has it beside its account; undefined for an account without one. */
export function joinedLot(row: Readonly<Record<`lot_${OpenLotColumn}`, unknown>>): Lot | undefined {
  if (row.lot_id === null) return undefined;
  const lot = Object.fromEntries(OPEN_LOT_COLUMNS.map((column) => [column, row[`lot_${column}`]]));
  return camelKeys(lot as Pick<Row<'paper_lots'>, OpenLotColumn>);
}

export function lineOf(row: Row<'paper_ledger'>): LedgerLine {
  return camelKeys(row) as LedgerLine;
}

export function decisionRow(record: DecisionRecord, storedAt: number): Row<'paper_decisions'> {
  const { decided, sentences, order, evidence, ...columns } = record;
  return {
    ...snakeKeys(columns),
    decided: flagOf(decided),
    sentences: JSON.stringify(sentences),
    order: order && JSON.stringify(order),
    evidence: evidence && JSON.stringify(evidence),
    stored_at: storedAt,
  };
}

export function decisionOf({ stored_at: _, ...row }: Row<'paper_decisions'>): DecisionRecord {
  return {
    ...camelKeys(row),
    decided: row.decided === 1,
    sentences: JSON.parse(row.sentences),
    order: row.order && JSON.parse(row.order),
    evidence: row.evidence && JSON.parse(row.evidence),
  } as DecisionRecord;
}

function flagOf(isSet: boolean): 0 | 1 {
  return isSet ? 1 : 0;
}
