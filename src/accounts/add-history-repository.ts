import type { Database } from '../db/connection.ts';
import { insertRows, rowBatches } from '../db/insert-rows.ts';
import { snakeKeys } from '../runtime/key-case.ts';
import type { PaperAccount } from '../trading/account.ts';
import { decisionRow } from './account-rows.ts';
import type { AccountChange } from './stored-account.ts';

/** Appends ledger lines, decision rows and equity points. */
export async function writeHistory(
  transaction: Database,
  before: PaperAccount,
  { account, lines = [], decisions = [], equity = [] }: AccountChange,
  now: number,
): Promise<void> {
  await insertRows(
    transaction,
    'paper_ledger',
    lines.map((line) => snakeKeys(line)),
  );
  // Of two rows of a candle the later one counts, unless a decision is stored already.
  const byCandle = new Map(decisions.map((record) => [record.asOf, decisionRow(record, now)]));
  for (const rows of rowBatches([...byCandle.values()])) {
    await transaction
      .deleteFrom('paper_decisions')
      .where('account_id', '=', account.id)
      .where(
        'as_of',
        'in',
        rows.map(({ as_of }) => as_of),
      )
      .where('decided', '=', 0)
      .execute();
    const insert = transaction.insertInto('paper_decisions').values(rows);
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  }
  const points = equity.map((point) => ({
    ...snakeKeys(point),
    account_id: account.id,
    epoch: before.epoch,
  }));
  await insertRows(transaction, 'paper_equity', points);
}

/** Begins the epoch of an account, at `now` (ms). */
export async function beginEpoch(transaction: Database, account: PaperAccount, now: number): Promise<void> {
  await transaction
    .insertInto('paper_epochs')
    .values({
      account_id: account.id,
      epoch: account.epoch,
      initial_balance: account.initialBalance,
      started_at: now,
      ended_at: null,
      hidden: 0,
    })
    .execute();
}

/** Ends the epoch of an account, at `now` (ms). @param hideHistory whether it and those before it are hidden */
export async function endEpoch(
  transaction: Database,
  { id, epoch }: PaperAccount,
  now: number,
  hideHistory: boolean,
): Promise<void> {
  const own = transaction.updateTable('paper_epochs').where('account_id', '=', id);
  await own.set({ ended_at: now }).where('epoch', '=', epoch).execute();
  if (hideHistory) await own.set({ hidden: 1 }).where('epoch', '<=', epoch).execute();
}
