import type { Database } from '../../db/connection.ts';
import { PaperdeskError } from '../../errors.ts';
import type { JobQueue } from '../../jobs/jobs.ts';
import {
  type BackfillRange,
  type BackfillRepository,
  type BackfillResult,
  createBackfillRepository,
} from '../../market/store/backfill-repository.ts';
import { type BackfillDependencies, type BackfillOrder, totalOf } from '../../market/sync/backfill.ts';
import { createBackfillJobs } from '../../market/sync/backfill-jobs.ts';

/** Time between two looks at the progress. */
const WATCH_MS = 500;

interface SharedStore {
  readonly database: Database;
  /** Of the same database. */
  readonly url: string;
}

/**
 * Queues a backfill for the nodes of the service that run jobs, and waits for its end. It goes on when this process ends.
 * @returns undefined if it was cancelled
 * @throws PaperdeskError the error that the backfill ended with
 */
export function backfillByNodes(
  store: SharedStore,
  dependencies: BackfillDependencies,
  order: BackfillRange & Pick<BackfillOrder, 'onProgress'>,
): Promise<BackfillResult | undefined> {
  return withBackfills(store, dependencies, async (backfills, queue) => {
    const id = await backfills.request(order, Date.now());
    await queue.send(id);
    console.error(
      'A node of the service with the role all or worker does this; it goes on if this command is stopped.',
    );
    for (;;) {
      const stored = await backfills.find(id);
      if (stored?.error) throw new PaperdeskError(stored.error.code, stored.error.detail);
      if (stored?.result) return stored.result;
      if (stored?.state === 'CANCELLED') return undefined;
      await order.onProgress(stored?.done ?? 0, totalOf(order));
      await dependencies.timers.sleep(WATCH_MS);
    }
  });
}

/** Cancels the backfills of a symbol that nodes do or will do; returns their number. Stored candles stay. */
export function cancelBackfills(
  store: SharedStore,
  dependencies: BackfillDependencies,
  symbol: string,
): Promise<number> {
  return withBackfills(store, dependencies, async (backfills, queue) => {
    const ids = await backfills.cancel(symbol);
    for (const id of ids) await queue.cancel(id);
    return ids.length;
  });
}

async function withBackfills<T>(
  { database, url }: SharedStore,
  dependencies: BackfillDependencies,
  work: (backfills: BackfillRepository, queue: JobQueue) => Promise<T>,
): Promise<T> {
  const { timers, log } = dependencies;
  const { createPostgresJobs } = await import('../../jobs/postgres-jobs.ts');
  const jobs = await createPostgresJobs({ database, url, cluster: undefined, timers, log });
  try {
    const backfills = createBackfillRepository(database);
    return await work(backfills, createBackfillJobs({ ...dependencies, jobs, backfills }));
  } finally {
    await jobs.close();
  }
}
