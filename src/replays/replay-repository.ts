import { type AccountRepository, createAccountRepository } from '../accounts/account-repository.ts';
import { pipelineColumn } from '../accounts/account-rows.ts';
import type { Database } from '../db/connection.ts';
import { bumpRevision } from '../db/revisions.ts';
import { sortedPage } from '../db/sorted-page.ts';
import { inTransaction } from '../db/transaction.ts';
import { snakeKeys } from '../runtime/key-case.ts';
import { newAccount } from '../trading/account.ts';
import type { PlannedReplay } from './plan-replay.ts';
import { RESULTS_FORM, type Replay } from './replay-job.ts';
import { createReplayRemovals, type ReplayRemovals } from './replay-removal-repository.ts';
import { createStoredResults, type StoredResults } from './replay-results-repository.ts';
import { createReplayRows, visibleReplays } from './replay-rows-repository.ts';
import { createReplayRuns, type ReplayRuns, UNFINISHED } from './replay-run-repository.ts';

const NEWEST_FIRST = { columns: ['created_at', 'id'], direction: 'desc' } as const;

/** Replays and their accounts. Every change bumps the revision of `replays`. */
export interface ReplayRepository extends ReplayRuns, ReplayRemovals {
  /** The accounts of replays only. */
  readonly accounts: Pick<AccountRepository, 'find'>;
  readonly results: StoredResults;
  /**
   * Queues replays, each with a new account: all of them or none.
   * @param requireSpace called with the number of replays that are queued or running, while no other one can be queued;
   * throws to refuse this one
   */
  create(
    planned: readonly PlannedReplay[],
    now: number,
    requireSpace: (unfinished: number) => void,
  ): Promise<Replay[]>;
  find(id: string): Promise<Replay | undefined>;
  /** Ordinary replays, newest first. @param options `after` is the last one of the page before */
  list(
    limit: number,
    options?: { packageId?: string | undefined; after?: Pick<Replay, 'createdAt' | 'id'> | undefined },
  ): Promise<Replay[]>;
  /** Ordinary replays that have results, newest first. */
  finished(limit: number): Promise<Replay[]>;
  /** Ids of those that are running, then of those that are queued, oldest first. */
  unfinished(which: ReplayGroup): Promise<readonly string[]>;
  /** The counterfactuals of a replay. */
  counterfactuals(id: string): Promise<Replay[]>;
  decidedCandles(id: string): Promise<readonly number[] | null>;
}

/** Ordinary replays, or counterfactuals of them. */
export type ReplayGroup = 'ordinary' | 'counterfactual';

/** @param database the open store */
export function createReplayRepository(database: Database): ReplayRepository {
  const rows = createReplayRows(database);

  async function unfinished(db: Database, which: ReplayGroup): Promise<string[]> {
    const found = await db
      .selectFrom('replays')
      .select('id')
      .where('state', 'in', UNFINISHED)
      .where('counterfactual_of', which === 'ordinary' ? 'is' : 'is not', null)
      .orderBy('state', 'desc')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return found.map(({ id }) => id);
  }

  return {
    ...createReplayRuns(database, rows),
    ...createReplayRemovals(database),
    results: createStoredResults(database),
    accounts: createAccountRepository(database, 'replay'),
    find: (id) => rows.find(id),

    create(planned, now, requireSpace) {
      return inTransaction(database, async (transaction) => {
        // Until the end of the transaction it locks the revision, so that two nodes do not count at the same time.
        await bumpRevision(transaction, 'replays');
        requireSpace((await unfinished(transaction, 'ordinary')).length);
        const created: Replay[] = [];
        for (const one of planned) {
          await insert(transaction, one, now);
          created.push((await rows.find(one.order.id, transaction)) as Replay);
        }
        return created;
      });
    },

    async list(limit, { packageId, after } = {}) {
      const replays = visibleReplays(database).where('counterfactual_of', 'is', null);
      const query = packageId === undefined ? replays : replays.where('package_id', '=', packageId);
      const page = { limit, after: after && [after.createdAt, after.id] };
      return rows.replaysOf(database, await sortedPage(query, NEWEST_FIRST, page));
    },

    async finished(limit) {
      const replays = visibleReplays(database)
        .where('counterfactual_of', 'is', null)
        .where('state', '=', 'DONE')
        .where('results_form', '=', RESULTS_FORM);
      return rows.replaysOf(database, await sortedPage(replays, NEWEST_FIRST, { limit }));
    },

    async counterfactuals(id) {
      const query = visibleReplays(database).where('counterfactual_of', '=', id);
      const found = await query.orderBy('counterfactual_kind').orderBy('counterfactual_k').execute();
      return rows.replaysOf(database, found);
    },

    unfinished: (which) => unfinished(database, which),

    async decidedCandles(id) {
      const query = database.selectFrom('replays').select('decided').where('id', '=', id);
      const { decided } = await query.executeTakeFirstOrThrow();
      return decided === null ? null : JSON.parse(decided);
    },
  };
}

/** Stores a replay that waits, and its account. */
async function insert(transaction: Database, { order, decided }: PlannedReplay, now: number): Promise<void> {
  const { from, to, settings, pipeline, counterfactual, ...columns } = order;
  await transaction
    .insertInto('replays')
    .values({
      ...snakeKeys(columns),
      from_time: from,
      to_time: to,
      settings: JSON.stringify(settings),
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
  const { id, initialBalance, packageId, symbol } = order;
  const account = newAccount({ id, settings, pipeline, initialBalance, at: from });
  await createAccountRepository(transaction, 'replay').create({ account, packageId, symbol, now });
}
