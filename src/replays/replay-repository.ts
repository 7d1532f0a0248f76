import type { Kysely } from 'kysely';
import {
  type AccountRepository,
  createAccountRepository,
  type StoredAccount,
} from '../accounts/account-repository.ts';
import { createHistoryRepository, type HistoryRepository } from '../accounts/history-repository.ts';
import { onMirroredTables } from '../db/mirrored-tables.ts';
import type { ReplayRow, Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { ErrorCode } from '../errors.ts';
import { newAccount } from '../trading/account.ts';
import type { Outcome } from '../trading/outcome.ts';
import type { Replay, ReplayOrder } from './replay-job.ts';

/** What changes while a replay runs. */
export type ReplayProgress = Pick<Replay, 'done' | 'incomplete' | 'forecastsComputed' | 'forecastsKnown'>;

/** Replays, and what they leave behind: accounts of their own, in tables that live accounts never see. */
export interface ReplayRepository {
  readonly accounts: Pick<AccountRepository, 'find'>;
  readonly history: HistoryRepository;
  /** Queues a replay with its fresh account. @param decided close times; null for every candle */
  create(order: ReplayOrder, decided: readonly number[] | null, now: number): Promise<Replay>;
  find(id: string): Promise<Replay | undefined>;
  /** Newest first, after the last one of the page before. */
  list(
    limit: number,
    options?: { packageId?: string | undefined; after?: Pick<Replay, 'createdAt' | 'id'> | undefined },
  ): Promise<Replay[]>;
  /** How many wait or run. */
  unfinished(): Promise<number>;
  /** The one to work on: that which runs, else the oldest that waits. */
  next(): Promise<Replay | undefined>;
  decidedCandles(id: string): Promise<readonly number[] | null>;
  /** Changes a replay that waits or runs; undefined when it does neither any more. */
  change(
    id: string,
    change: Partial<
      Pick<Replay, 'packageVersion' | 'state' | 'phase' | 'results' | 'error' | 'startedAt' | 'finishedAt'>
    >,
  ): Promise<Replay | undefined>;
  /**
   * Stores what came of some quarters together with how far the replay is. Undefined, and nothing is stored, when it
   * does not run any more or somebody else took it further.
   */
  advance(
    replay: Replay,
    stored: StoredAccount,
    outcome: Outcome,
    progress: ReplayProgress,
    now: number,
  ): Promise<{ readonly replay: Replay; readonly stored: StoredAccount } | undefined>;
  /** Rows of candles by reason, or by action where a lot was opened, from `from` to before `to` (ms). */
  reasons(id: string, from: number, to: number): Promise<ReadonlyMap<string, number>>;
  /** Hides a finished replay, to be removed; false when there is none. */
  hide(id: string): Promise<boolean>;
  /** Hides those of a package that are finished and not among its newest `most`. */
  hideOld(packageId: string, most: number): Promise<void>;
  /** Removes some rows of what is hidden; whether there may be more. */
  removeSome(): Promise<boolean>;
}

const MIRRORS = {
  paper_accounts: 'replay_accounts',
  paper_epochs: 'replay_epochs',
  paper_lots: 'replay_lots',
  paper_ledger: 'replay_ledger',
  paper_decisions: 'replay_decisions',
  paper_equity: 'replay_equity',
};

/** Rows removed in one statement: some milliseconds. */
const ROWS_REMOVED = 500;

/** All but the list of candles, which may be long. */
const COLUMNS = [
  'id',
  'package_id',
  'package_version',
  'symbol',
  'market_source',
  'label',
  'from_time',
  'to_time',
  'settings',
  'initial_balance',
  'decided_count',
  'state',
  'phase',
  'done',
  'incomplete',
  'forecasts_computed',
  'forecasts_known',
  'results',
  'error_code',
  'error_detail',
  'created_at',
  'started_at',
  'finished_at',
] as const satisfies readonly (keyof ReplayRow)[];

/** @param database the open store */
export function createReplayRepository(database: Kysely<Tables>): ReplayRepository {
  const mirrored = onMirroredTables(database, MIRRORS);
  const visible = (db: Kysely<Tables>) =>
    db.selectFrom('replays').select(COLUMNS).where('state', '!=', 'REMOVED');

  async function find(id: string, db: Kysely<Tables> = database): Promise<Replay | undefined> {
    const row = await visible(db).where('id', '=', id).executeTakeFirst();
    return row && replayOf(row);
  }

  return {
    accounts: createAccountRepository(mirrored),
    history: createHistoryRepository(mirrored),
    find,

    create(order, decided, now) {
      return inTransaction(database, async (transaction) => {
        await transaction
          .insertInto('replays')
          .values({
            id: order.id,
            package_id: order.packageId,
            package_version: order.packageVersion,
            symbol: order.symbol,
            market_source: order.marketSource,
            label: order.label,
            from_time: order.from,
            to_time: order.to,
            settings: JSON.stringify(order.settings),
            initial_balance: order.initialBalance,
            decided: decided && JSON.stringify(decided),
            decided_count: decided?.length ?? null,
            state: 'QUEUED',
            ...{ phase: null, done: 0, incomplete: 0, forecasts_computed: 0, forecasts_known: 0 },
            ...{ results: null, error_code: null, error_detail: null },
            ...{ created_at: now, started_at: null, finished_at: null },
          })
          .execute();
        const { id, settings, initialBalance, from, packageId, symbol } = order;
        const account = newAccount({ id, settings, initialBalance, at: from });
        const accounts = createAccountRepository(onMirroredTables(transaction, MIRRORS));
        await accounts.create({ account, packageId, symbol, now });
        return (await find(id, transaction)) as Replay;
      });
    },

    async list(limit, { packageId, after } = {}) {
      let query = visible(database).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
      if (packageId !== undefined) query = query.where('package_id', '=', packageId);
      if (after !== undefined) {
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('created_at', 'id'), '<', tuple(after.createdAt, after.id)),
        );
      }
      return (await query.execute()).map(replayOf);
    },

    async unfinished() {
      const { count } = await database
        .selectFrom('replays')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('state', 'in', ['QUEUED', 'RUNNING'])
        .executeTakeFirstOrThrow();
      return count;
    },

    async next() {
      const row = await visible(database)
        .where('state', 'in', ['QUEUED', 'RUNNING'])
        .orderBy('state', 'desc')
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row && replayOf(row);
    },

    async decidedCandles(id) {
      const query = database.selectFrom('replays').select('decided').where('id', '=', id);
      const { decided } = await query.executeTakeFirstOrThrow();
      return decided === null ? null : JSON.parse(decided);
    },

    async change(id, { packageVersion, state, phase, results, error, startedAt, finishedAt }) {
      const { numUpdatedRows } = await database
        .updateTable('replays')
        .set({
          ...(packageVersion === undefined ? {} : { package_version: packageVersion }),
          ...(state === undefined ? {} : { state }),
          ...(phase === undefined ? {} : { phase }),
          ...(results === undefined ? {} : { results: results && JSON.stringify(results) }),
          ...(error === undefined
            ? {}
            : { error_code: error?.code ?? null, error_detail: error?.detail ?? null }),
          ...(startedAt === undefined ? {} : { started_at: startedAt }),
          ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
        })
        .where('id', '=', id)
        .where('state', 'in', ['QUEUED', 'RUNNING'])
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 0n ? undefined : find(id);
    },

    advance(replay, stored, outcome, progress, now) {
      return inTransaction(database, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('replays')
          .set({
            done: progress.done,
            incomplete: progress.incomplete,
            forecasts_computed: progress.forecastsComputed,
            forecasts_known: progress.forecastsKnown,
          })
          .where('id', '=', replay.id)
          .where('state', '=', 'RUNNING')
          .where('done', '=', replay.done)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return undefined;
        const accounts = createAccountRepository(onMirroredTables(transaction, MIRRORS));
        const committed = await accounts.commit(stored, outcome, now);
        if (committed === undefined)
          throw new Error(`The account of replay ${replay.id} was changed by somebody else.`);
        return { replay: { ...replay, ...progress }, stored: committed };
      });
    },

    async reasons(id, from, to) {
      const rows = await mirrored
        .selectFrom('paper_decisions')
        .select(({ fn }) => [fn.coalesce('reason', 'action').as('what'), fn.countAll<number>().as('count')])
        .where('account_id', '=', id)
        .where('as_of', '>=', from)
        .where('as_of', '<', to)
        .groupBy('what')
        .execute();
      return new Map(rows.map(({ what, count }) => [what, count]));
    },

    async hide(id) {
      const { numUpdatedRows } = await database
        .updateTable('replays')
        .set({ state: 'REMOVED' })
        .where('id', '=', id)
        .where('state', 'in', ['DONE', 'CANCELLED', 'FAILED'])
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async hideOld(packageId, most) {
      const newest = database
        .selectFrom('replays')
        .select('id')
        .where('package_id', '=', packageId)
        .where('state', '!=', 'REMOVED')
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(most);
      await database
        .updateTable('replays')
        .set({ state: 'REMOVED' })
        .where('package_id', '=', packageId)
        .where('state', 'in', ['DONE', 'CANCELLED', 'FAILED'])
        .where('id', 'not in', newest)
        .execute();
    },

    async removeSome() {
      const hidden = database.selectFrom('replays').select('id').where('state', '=', 'REMOVED').limit(1);
      const row = await hidden.executeTakeFirst();
      if (row === undefined) return false;
      const { id } = row;
      for (const [table, key] of ROWS_OF_A_REPLAY) {
        const some = mirrored
          .selectFrom(table)
          .select(key)
          .where('account_id', '=', id)
          .orderBy(key)
          .limit(ROWS_REMOVED);
        const { numDeletedRows } = await mirrored
          .deleteFrom(table)
          .where('account_id', '=', id)
          .where(key, 'in', some)
          .executeTakeFirstOrThrow();
        if (numDeletedRows > 0n) return true;
      }
      await mirrored.deleteFrom('paper_accounts').where('id', '=', id).execute();
      await database.deleteFrom('replays').where('id', '=', id).execute();
      return true;
    },
  };
}

/** The tables that hold an account's rows, with a column that tells them apart. */
const ROWS_OF_A_REPLAY = [
  ['paper_equity', 'time'],
  ['paper_decisions', 'as_of'],
  ['paper_ledger', 'sequence'],
  ['paper_lots', 'sequence'],
  ['paper_epochs', 'epoch'],
] as const;

function replayOf(row: Pick<ReplayRow, (typeof COLUMNS)[number]>): Replay {
  return {
    id: row.id,
    packageId: row.package_id,
    packageVersion: row.package_version,
    symbol: row.symbol,
    marketSource: row.market_source,
    label: row.label,
    from: row.from_time,
    to: row.to_time,
    settings: JSON.parse(row.settings),
    initialBalance: row.initial_balance,
    decidedCandles: row.decided_count,
    state: row.state as Replay['state'],
    phase: row.phase,
    done: row.done,
    incomplete: row.incomplete,
    forecastsComputed: row.forecasts_computed,
    forecastsKnown: row.forecasts_known,
    results: row.results === null ? null : JSON.parse(row.results),
    error:
      row.error_code === null ? null : { code: row.error_code as ErrorCode, detail: row.error_detail ?? '' },
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
