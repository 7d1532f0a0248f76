import type { UpdateQueryBuilder, UpdateResult } from 'kysely';
import {
  type AccountRepository,
  createAccountRepository,
  type StoredAccount,
} from '../accounts/account-repository.ts';
import { pipelineColumn, pipelineOfColumn } from '../accounts/account-rows.ts';
import type { Database } from '../db/connection.ts';
import { newestFirst } from '../db/newest-first.ts';
import { bumpRevision } from '../db/revisions.ts';
import type { Row, Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { ErrorCode } from '../errors.ts';
import { camelKeys, snakeKeys } from '../runtime/key-case.ts';
import { NO_DECISIONS } from '../statistics/decided-share.ts';
import { newAccount } from '../trading/account.ts';
import type { Outcome } from '../trading/outcome.ts';
import type { CandleSample } from './candle-sample.ts';
import type { Replay, ReplayOrder, ReplayResults } from './replay-job.ts';
import { insertSamples } from './sample-repository.ts';

type UpdateReplays = UpdateQueryBuilder<Tables, 'replays', 'replays', UpdateResult>;

/** The counters that change while a replay runs. */
export type ReplayProgress = Pick<Replay, 'done' | 'incomplete' | 'forecastsComputed' | 'forecastsKnown'>;

/** What the decision candles of a slice came to. */
export interface TradedSlice {
  readonly outcome: Outcome;
  readonly samples: readonly CandleSample[];
}

/** Replays and their accounts. Every change bumps the revision of `replays`. */
export interface ReplayRepository {
  /** The accounts of replays only. */
  readonly accounts: Pick<AccountRepository, 'find'>;
  /**
   * Queues a replay with a new account.
   * @param decided close times of the candles to decide on; null for all
   * @param requireSpace called with the number of replays that are queued or running, while no other one can be queued;
   * throws to refuse this one
   */
  create(
    order: ReplayOrder,
    decided: readonly number[] | null,
    now: number,
    requireSpace: (unfinished: number) => void,
  ): Promise<Replay>;
  find(id: string): Promise<Replay | undefined>;
  /** Ordinary replays, newest first. @param options `after` is the last one of the page before */
  list(
    limit: number,
    options?: { packageId?: string | undefined; after?: Pick<Replay, 'createdAt' | 'id'> | undefined },
  ): Promise<Replay[]>;
  /** Ids of those that are running, then of those that are queued, oldest first. */
  unfinished(which: ReplayGroup): Promise<readonly string[]>;
  /** The counterfactuals of a replay. */
  counterfactuals(id: string): Promise<Replay[]>;
  /**
   * Begins to work on a replay, or goes on with it; undefined if it is neither queued nor running. From now on the writes
   * of every earlier run are refused.
   * @param version the package's, which a queued replay takes; undefined if the package is gone
   */
  begin(id: string, runId: string, version: string | undefined, now: number): Promise<Replay | undefined>;
  decidedCandles(id: string): Promise<readonly number[] | null>;
  /**
   * Changes a queued or running replay; undefined if it is neither.
   * @param runId of the run that makes the change; undefined also if another run works on the replay now
   */
  change(id: string, change: ReplayChange, runId?: string): Promise<Replay | undefined>;
  /**
   * Stores the outcome of a slice with its samples and the progress of the replay. Stores nothing and returns undefined if the replay is
   * not running any more, or another run works on it.
   */
  advance(
    runId: string,
    replay: Replay,
    stored: StoredAccount,
    { outcome, samples }: TradedSlice,
    progress: ReplayProgress,
    now: number,
  ): Promise<{ readonly replay: Replay; readonly stored: StoredAccount } | undefined>;
  /** Counts decision rows from `from` to before `to` (ms) by reason, or by action if a lot was opened. */
  reasons(id: string, from: number, to: number): Promise<ReadonlyMap<string, number>>;
  /** Hides a finished replay until it is removed; false if there is none. */
  hide(id: string): Promise<boolean>;
  /** Hides the finished replays of a package that are not among its newest `max` replays. */
  hideOld(packageId: string, max: number): Promise<void>;
  /** Ids of those that are hidden and not removed yet. */
  hidden(): Promise<readonly string[]>;
  /** Removes some rows of a hidden replay; returns whether there may be more. */
  removeSome(id: string): Promise<boolean>;
}

/** Ordinary replays, or counterfactuals of them. */
export type ReplayGroup = 'ordinary' | 'counterfactual';

export type ReplayChange = Partial<Pick<Replay, 'state' | 'phase' | 'results' | 'error' | 'finishedAt'>>;

const UNFINISHED = ['QUEUED', 'RUNNING'] as const;
const FINISHED = ['DONE', 'CANCELLED', 'FAILED'] as const;

/** One statement takes a few milliseconds. */
const ROWS_PER_REMOVAL = 500;

/** @param database the open store */
export function createReplayRepository(database: Database): ReplayRepository {
  // All columns but the list of decided candles, which may have a megabyte.
  const visible = (db: Database) =>
    db
      .selectFrom('replays')
      .select(['id', 'package_id', 'package_version', 'symbol', 'market_source', 'label'])
      .select(['from_time', 'to_time', 'settings', 'pipeline', 'initial_balance', 'decided_count'])
      .select(['state', 'phase', 'done', 'incomplete', 'forecasts_computed', 'forecasts_known'])
      .select(['results', 'error_code', 'error_detail', 'created_at', 'started_at', 'finished_at'])
      .select(['counterfactual_of', 'counterfactual_kind', 'counterfactual_k'])
      .where('state', '!=', 'REMOVED');

  async function find(id: string, db: Database = database): Promise<Replay | undefined> {
    const row = await visible(db).where('id', '=', id).executeTakeFirst();
    return row && replayOf(row);
  }

  async function unfinished(db: Database, which: ReplayGroup): Promise<string[]> {
    const rows = await db
      .selectFrom('replays')
      .select('id')
      .where('state', 'in', UNFINISHED)
      .where('counterfactual_of', which === 'ordinary' ? 'is' : 'is not', null)
      .orderBy('state', 'desc')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Runs an update of `replays` and bumps their revision if it changed a row. */
  function update(db: Database, query: (table: UpdateReplays) => UpdateReplays): Promise<boolean> {
    return inTransaction(db, async (transaction) => {
      const { numUpdatedRows } = await query(transaction.updateTable('replays')).executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return false;
      await bumpRevision(transaction, 'replays');
      return true;
    });
  }

  /** Hides the counterfactuals of hidden replays, also those that run: their next write is refused. */
  function hideOrphans(db: Database): Promise<boolean> {
    const hidden = db.selectFrom('replays').select('id').where('state', '=', 'REMOVED');
    return update(db, (replays) =>
      replays
        .set({ state: 'REMOVED' })
        .where('state', '!=', 'REMOVED')
        .where('counterfactual_of', 'in', hidden),
    );
  }

  return {
    accounts: createAccountRepository(database, 'replay'),
    find,

    create(order, decided, now, requireSpace) {
      const { from: _, to: __, settings: ___, pipeline, counterfactual, ...columns } = order;
      return inTransaction(database, async (transaction) => {
        // Until the end of the transaction it locks the revision, so that two nodes do not count at the same time.
        await bumpRevision(transaction, 'replays');
        requireSpace((await unfinished(transaction, 'ordinary')).length);
        await transaction
          .insertInto('replays')
          .values({
            ...snakeKeys(columns),
            from_time: order.from,
            to_time: order.to,
            settings: JSON.stringify(order.settings),
            pipeline: pipelineColumn(pipeline),
            decided: decided && JSON.stringify(decided),
            decided_count: decided?.length ?? null,
            ...{ state: 'QUEUED', done: 0, incomplete: 0, forecasts_computed: 0, forecasts_known: 0 },
            created_at: now,
            counterfactual_of: counterfactual?.of ?? null,
            counterfactual_kind: counterfactual?.kind ?? null,
            counterfactual_k: counterfactual?.k ?? null,
          })
          .execute();
        const { id, settings, initialBalance, from, packageId, symbol } = order;
        const account = newAccount({ id, settings, pipeline, initialBalance, at: from });
        await createAccountRepository(transaction, 'replay').create({ account, packageId, symbol, now });
        return (await find(id, transaction)) as Replay;
      });
    },

    async list(limit, { packageId, after } = {}) {
      const replays = visible(database).where('counterfactual_of', 'is', null);
      const query = packageId === undefined ? replays : replays.where('package_id', '=', packageId);
      const key = after && [after.createdAt, after.id];
      return (await newestFirst(query, ['created_at', 'id'], limit, key)).map(replayOf);
    },

    async counterfactuals(id) {
      const query = visible(database).where('counterfactual_of', '=', id);
      const rows = await query.orderBy('counterfactual_kind').orderBy('counterfactual_k').execute();
      return rows.map(replayOf);
    },

    unfinished: (which) => unfinished(database, which),

    begin(id, runId, version, now) {
      return inTransaction(database, async (transaction) => {
        const isBegun = await update(transaction, (replays) =>
          replays
            .set(({ eb, ref, fn }) => ({
              state: 'RUNNING',
              run_id: runId,
              started_at: fn.coalesce('started_at', eb.val(now)),
              package_version: eb
                .case()
                .when('state', '=', 'QUEUED')
                .then(version === undefined ? ref('package_version') : eb.val(version))
                .else(ref('package_version'))
                .end(),
            }))
            .where('id', '=', id)
            .where('state', 'in', UNFINISHED),
        );
        return isBegun ? find(id, transaction) : undefined;
      });
    },

    async decidedCandles(id) {
      const query = database.selectFrom('replays').select('decided').where('id', '=', id);
      const { decided } = await query.executeTakeFirstOrThrow();
      return decided === null ? null : JSON.parse(decided);
    },

    change(id, { results, error, ...columns }, runId) {
      return inTransaction(database, async (transaction) => {
        const isChanged = await update(transaction, (replays) =>
          replays
            .set({
              ...snakeKeys(columns),
              ...(results === undefined ? {} : { results: results && JSON.stringify(results) }),
              ...(error === undefined
                ? {}
                : { error_code: error?.code ?? null, error_detail: error?.detail ?? null }),
            })
            .where('id', '=', id)
            .where('state', 'in', UNFINISHED)
            .$if(runId !== undefined, (own) => own.where('run_id', '=', runId as string)),
        );
        return isChanged ? find(id, transaction) : undefined;
      });
    },

    advance(
      runId,
      replay,
      stored,
      { outcome, samples },
      { done, incomplete, forecastsComputed, forecastsKnown },
      now,
    ) {
      const progress = { done, incomplete, forecastsComputed, forecastsKnown };
      return inTransaction(database, async (transaction) => {
        const isAdvanced = await update(transaction, (replays) =>
          replays
            .set(snakeKeys(progress))
            .where('id', '=', replay.id)
            .where('state', '=', 'RUNNING')
            .where('run_id', '=', runId)
            .where('done', '=', replay.done),
        );
        if (!isAdvanced) return undefined;
        const accounts = createAccountRepository(transaction, 'replay');
        const committed = await accounts.commit(stored, outcome, now);
        if (committed === undefined)
          throw new Error(`Another process changed the account of replay ${replay.id}.`);
        await insertSamples(transaction, replay.id, samples);
        return { replay: { ...replay, ...progress }, stored: committed };
      });
    },

    async reasons(id, from, to) {
      const rows = await database
        .selectFrom('paper_decisions')
        .select(({ fn }) => [fn.coalesce('reason', 'action').as('key'), fn.countAll<number>().as('count')])
        .where('account_id', '=', id)
        .where('as_of', '>=', from)
        .where('as_of', '<', to)
        .groupBy('key')
        .execute();
      return new Map(rows.map(({ key, count }) => [key, count]));
    },

    hide: (id) =>
      inTransaction(database, async (transaction) => {
        const isHidden = await update(transaction, (replays) =>
          replays.set({ state: 'REMOVED' }).where('id', '=', id).where('state', 'in', FINISHED),
        );
        await hideOrphans(transaction);
        return isHidden;
      }),

    async hideOld(packageId, max) {
      const newest = visible(database)
        .clearSelect()
        .select('id')
        .where('package_id', '=', packageId)
        .where('counterfactual_of', 'is', null)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(max);
      await inTransaction(database, async (transaction) => {
        await update(transaction, (replays) =>
          replays
            .set({ state: 'REMOVED' })
            .where('package_id', '=', packageId)
            .where('counterfactual_of', 'is', null)
            .where('state', 'in', FINISHED)
            .where('id', 'not in', newest),
        );
        await hideOrphans(transaction);
      });
    },

    async hidden() {
      const rows = await database.selectFrom('replays').select('id').where('state', '=', 'REMOVED').execute();
      return rows.map(({ id }) => id);
    },

    async removeSome(id) {
      const hidden = database.selectFrom('replays').select('id').where('state', '=', 'REMOVED');
      if ((await hidden.where('id', '=', id).executeTakeFirst()) === undefined) return false;
      for (const [table, key] of RECORD_TABLES) {
        const some = database
          .selectFrom(table)
          .select(key)
          .where('account_id', '=', id)
          .orderBy(key)
          .limit(ROWS_PER_REMOVAL);
        const { numDeletedRows } = await database
          .deleteFrom(table)
          .where('account_id', '=', id)
          .where(key, 'in', some)
          .executeTakeFirstOrThrow();
        if (numDeletedRows > 0n) return true;
      }
      await database.deleteFrom('paper_accounts').where('id', '=', id).execute();
      await database.deleteFrom('replays').where('id', '=', id).execute();
      return true;
    },
  };
}

/** The tables of an account's records, each with the column that identifies a row of the account. */
const RECORD_TABLES = [
  ['paper_equity', 'time'],
  ['paper_decisions', 'as_of'],
  ['paper_ledger', 'sequence'],
  ['paper_lots', 'sequence'],
  ['paper_epochs', 'epoch'],
  ['replay_samples', 'as_of'],
] as const;

function replayOf(row: Omit<Row<'replays'>, 'decided' | 'run_id'>): Replay {
  const { from_time, to_time, decided_count, error_code, error_detail, ...others } = row;
  const { counterfactual_of: of, counterfactual_kind: kind, counterfactual_k: k, ...columns } = others;
  return {
    ...camelKeys(columns),
    from: from_time,
    to: to_time,
    settings: JSON.parse(row.settings),
    pipeline: pipelineOfColumn(row.pipeline),
    decidedCandles: decided_count,
    counterfactual: of === null || kind === null ? null : { of, kind, k },
    state: row.state as Replay['state'],
    results: row.results === null ? null : resultsOf(row.results),
    error: error_code === null ? null : { code: error_code as ErrorCode, detail: error_detail ?? '' },
  };
}

/**
 * Null for results in the form before statistics.md, which have none of its figures: the replay has to be run again. Later
 * ones may lack the count of decided candles.
 */
function resultsOf(column: string): ReplayResults | null {
  const results: ReplayResults = JSON.parse(column);
  const { performance } = results;
  if (performance.counts?.positions === undefined) return null;
  return { ...results, performance: { ...performance, decisions: performance.decisions ?? NO_DECISIONS } };
}
