import type { Database } from '../db/connection.ts';
import { insertRows } from '../db/insert-rows.ts';
import { snakeKeys } from '../runtime/key-case.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import { closedLotColumns, lotRow } from './account-rows.ts';
import { positionsAfter } from './lot-positions-repository.ts';
import type { AccountChange } from './stored-account.ts';

/** Inserts opened lots, in the epoch before the change, and updates those that were open. */
export async function writeLots(
  transaction: Database,
  before: PaperAccount,
  { account, opened = [], closed = [], lines = [] }: AccountChange,
): Promise<void> {
  const sequences = new Map(
    lines.filter(({ kind }) => kind === 'entry_fee').map(({ lotId, sequence }) => [lotId, sequence]),
  );
  const { epoch } = before;
  const positions = await positionsAfter(transaction, before.lots, { opened, closed, sequences });
  const rows = opened.map((lot) => {
    const sequence = sequences.get(lot.id) as number;
    return lotRow(account.id, { epoch, sequence, position: positions.get(lot.id) ?? sequence }, lot);
  });
  await insertRows(transaction, 'paper_lots', rows);
  await insertParts(transaction, account.id, closed);
  for (const lot of account.lots) {
    const known = before.lots.find(({ id }) => id === lot.id);
    if (known !== undefined && CHANGING.every((field) => known[field] === lot[field])) continue;
    const changes = snakeKeys(pickChanging(lot));
    await transaction.updateTable('paper_lots').set(changes).where('id', '=', lot.id).execute();
  }
  for (const lot of closed) {
    if (lot.partOf !== null) continue;
    await transaction.updateTable('paper_lots').set(closedLotColumns(lot)).where('id', '=', lot.id).execute();
  }
}

/** What can change of an open lot. */
const CHANGING = [
  ...(['steps', 'funding', 'quantity', 'notional', 'margin', 'entryFee'] as const),
  ...(['stopLoss', 'takeProfit', 'firstStop'] as const),
];

function pickChanging(lot: Lot): Pick<Lot, (typeof CHANGING)[number]> {
  const { steps, funding, quantity, notional, margin, entryFee, stopLoss, takeProfit, firstStop } = lot;
  return { steps, funding, quantity, notional, margin, entryFee, stopLoss, takeProfit, firstStop };
}

/** Inserts the parts of lots that were closed, beside the lots that they belonged to. */
async function insertParts(
  transaction: Database,
  accountId: string,
  closed: readonly ClosedLot[],
): Promise<void> {
  for (const part of closed) {
    if (part.partOf === null) continue;
    const place = await transaction
      .selectFrom('paper_lots')
      .select(['epoch', 'sequence', 'position'])
      .where('id', '=', part.partOf)
      .executeTakeFirstOrThrow();
    const row = { ...closedLotColumns(part), ...place, account_id: accountId };
    await transaction.insertInto('paper_lots').values(row).execute();
  }
}
