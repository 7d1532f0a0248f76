import type { Database } from '../db/connection.ts';
import { insertRows, rowBatches } from '../db/insert-rows.ts';
import { bumpRevision, type Topic } from '../db/revisions.ts';
import { inTransaction } from '../db/transaction.ts';
import { snakeKeys } from '../runtime/key-case.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { TradedMarket } from '../trading/account-pipeline.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import type { Outcome } from '../trading/outcome.ts';
import {
  accountColumns,
  accountOf,
  closedLotColumns,
  decisionRow,
  joinedLot,
  lotRow,
  OPEN_LOT_COLUMNS,
} from './account-rows.ts';
import { positionsAfter } from './lot-positions-repository.ts';

/** An account with the columns that only the store needs. Times in ms. */
export interface StoredAccount {
  readonly account: PaperAccount;
  readonly packageId: string | null;
  readonly symbol: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly resetAt: number | null;
  /** When the status last changed; null if that is not known. */
  readonly statusAt: number | null;
}

/** The market that an account trades. */
export function marketOf({ symbol, account }: Pick<StoredAccount, 'symbol' | 'account'>): TradedMarket {
  return { symbol, pipeline: account.pipeline };
}

export interface NewStoredAccount extends Pick<StoredAccount, 'account' | 'packageId' | 'symbol'> {
  readonly now: number;
}

/** A change to store: an outcome, or an account whose status changed. */
export type AccountChange = Pick<Outcome, 'account'> & Partial<Outcome>;

/** Live accounts, or the accounts of replays; a repository sees only one kind. */
export type Run = 'live' | 'replay';

/** Accounts of one run. Every change bumps the revision of `account:<id>`, or of `replays`. */
export interface AccountRepository {
  find(id: string): Promise<StoredAccount | undefined>;
  /** In order of their ids. */
  list(): Promise<StoredAccount[]>;
  /** Stores an account; if one with this id exists, it is returned unchanged. Of several callers one has created it. */
  create(account: NewStoredAccount): Promise<{ readonly stored: StoredAccount; readonly created: boolean }>;
  /** Deletes an account that never had a lot, with its records; returns why nothing was deleted, or null. */
  remove(id: string): Promise<'MISSING' | 'TRADED' | null>;
  /**
   * Stores an account with all records of a change in one transaction. Stores nothing and returns undefined if the
   * account has changed since `stored` was read.
   * @param hideHistory whether a reset hides the epochs before it
   */
  commit(
    stored: StoredAccount,
    change: AccountChange,
    now: number,
    hideHistory?: boolean,
  ): Promise<StoredAccount | undefined>;
}

/** @param database the open store, or a transaction on it */
export function createAccountRepository(database: Database, run: Run = 'live'): AccountRepository {
  const topicOf = (id: string): Topic => (run === 'live' ? `account:${id}` : 'replays');

  return {
    find: async (id) => (await readAccounts(database, run, id))[0],
    list: () => readAccounts(database, run),

    create({ account, packageId, symbol, now }) {
      return inTransaction(database, async (transaction) => {
        const inserted = await transaction
          .insertInto('paper_accounts')
          .values({
            ...accountColumns(account),
            id: account.id,
            run,
            package_id: packageId,
            symbol,
            revision: run === 'live' ? await firstRevision(transaction, topicOf(account.id)) : 1,
            created_at: now,
            updated_at: now,
            reset_at: null,
            status_at: null,
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        const created = inserted.numInsertedOrUpdatedRows === 1n;
        if (created) {
          await beginEpoch(transaction, account, now);
          await bumpRevision(transaction, topicOf(account.id));
        }
        return { stored: (await readAccounts(transaction, run, account.id))[0] as StoredAccount, created };
      });
    },

    remove: (id) =>
      inTransaction(database, async (transaction) => {
        // First, because other changes of the account then wait.
        await bumpRevision(transaction, topicOf(id));
        const own = transaction
          .selectFrom('paper_accounts')
          .select('id')
          .where('id', '=', id)
          .where('run', '=', run);
        if ((await own.executeTakeFirst()) === undefined) return 'MISSING';
        const lot = transaction.selectFrom('paper_lots').select('id').where('account_id', '=', id).limit(1);
        if ((await lot.executeTakeFirst()) !== undefined) return 'TRADED';
        for (const table of RECORDS)
          await transaction.deleteFrom(table).where('account_id', '=', id).execute();
        await transaction.deleteFrom('paper_accounts').where('id', '=', id).execute();
        return null;
      }),

    commit(stored, change, now, hideHistory = false) {
      return inTransaction(database, async (transaction) => {
        const isReset = change.account.epoch !== stored.account.epoch;
        const hasStatus = change.account.status !== stored.account.status;
        const statusAt = hasStatus ? now : stored.statusAt;
        const updated = await transaction
          .updateTable('paper_accounts')
          .set({
            ...accountColumns(change.account),
            revision: stored.revision + 1,
            updated_at: now,
            ...(isReset ? { reset_at: now } : {}),
            status_at: statusAt,
          })
          .where('id', '=', change.account.id)
          .where('run', '=', run)
          .where('revision', '=', stored.revision)
          .executeTakeFirstOrThrow();
        if (updated.numUpdatedRows === 0n) return undefined;
        await bumpRevision(transaction, topicOf(change.account.id));
        await writeLots(transaction, stored.account, change);
        await writeHistory(transaction, stored.account, change, now);
        if (isReset) {
          await endEpoch(transaction, stored.account, now, hideHistory);
          await beginEpoch(transaction, change.account, now);
        }
        return {
          ...stored,
          account: change.account,
          revision: stored.revision + 1,
          updatedAt: now,
          resetAt: isReset ? now : stored.resetAt,
          statusAt,
        };
      });
    },
  };
}

/** What an account without lots can have. */
const RECORDS = [
  'paper_ledger',
  'paper_decisions',
  'paper_equity',
  'paper_epochs',
  'polled_accounts',
] as const;

/** Above all revisions of an account that was deleted under this id, which caches may still know. */
async function firstRevision(transaction: Database, topic: Topic): Promise<number> {
  const known = transaction.selectFrom('revisions').select('revision').where('topic', '=', topic);
  return ((await known.executeTakeFirst())?.revision ?? 0) + 1;
}

/**
 * The accounts of a run, or the one with this id, in order of their ids. One statement, because a change between two would
 * give an account the lots of another revision.
 */
async function readAccounts(database: Database, run: Run, id?: string): Promise<StoredAccount[]> {
  let query = database
    .selectFrom('paper_accounts as account')
    // By account, because the index begins with it: closed lots are many more than open ones.
    .leftJoin('paper_lots as lot', (join) =>
      join.onRef('lot.account_id', '=', 'account.id').on('lot.status', '=', 'OPEN'),
    )
    .where('account.run', '=', run);
  if (id !== undefined) query = query.where('account.id', '=', id);
  const rows = await query
    .selectAll('account')
    .select(OPEN_LOT_COLUMNS.map((column) => `lot.${column} as lot_${column}` as const))
    .orderBy('account.id')
    .orderBy('lot.sequence')
    .execute();
  const lotsOf = new Map<string, Lot[]>();
  for (const row of rows) {
    const lots = lotsOf.get(row.id) ?? [];
    const lot = joinedLot(row);
    lotsOf.set(row.id, lot === undefined ? lots : [...lots, lot]);
  }
  const byAccount = new Map(rows.map((row) => [row.id, row]));
  return Array.from(byAccount.values(), (row) => ({
    account: accountOf(row, lotsOf.get(row.id) ?? []),
    packageId: row.package_id,
    symbol: row.symbol,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    resetAt: row.reset_at,
    statusAt: row.status_at,
  }));
}

/** Inserts opened lots, in the epoch before the change, and updates those that were open. */
async function writeLots(
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

/** Appends ledger lines, decision rows and equity points. */
async function writeHistory(
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

async function beginEpoch(transaction: Database, account: PaperAccount, now: number): Promise<void> {
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

async function endEpoch(
  transaction: Database,
  { id, epoch }: PaperAccount,
  now: number,
  hideHistory: boolean,
): Promise<void> {
  const own = transaction.updateTable('paper_epochs').where('account_id', '=', id);
  await own.set({ ended_at: now }).where('epoch', '=', epoch).execute();
  if (hideHistory) await own.set({ hidden: 1 }).where('epoch', '<=', epoch).execute();
}
