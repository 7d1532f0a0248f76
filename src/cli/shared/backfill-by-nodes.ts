import type { Database } from '../../db/connection.ts';
import { PaperdeskError } from '../../errors.ts';
import {
  type BackfillRange,
  type BackfillResult,
  createBackfillRepository,
} from '../../market/store/backfill-repository.ts';
import { type BackfillDependencies, type BackfillOrder, totalOf } from '../../market/sync/backfill.ts';
import { createBackfillJobs } from '../../market/sync/backfill-jobs.ts';

/** Time between two looks at the progress. */
const WATCH_MS = 500;

/**
 * Queues a backfill for the nodes of the service that run jobs, and waits for its end. It goes on when this process ends.
 * @param url of the same database
 * @throws PaperdeskError the error that the backfill ended with
 */
export async function backfillByNodes(
  { database, url }: { readonly database: Database; readonly url: string },
  dependencies: BackfillDependencies,
  order: BackfillRange & Pick<BackfillOrder, 'onProgress'>,
): Promise<BackfillResult> {
  const { timers, log } = dependencies;
  const { createPostgresJobs } = await import('../../jobs/postgres-jobs.ts');
  const jobs = await createPostgresJobs({ database, url, cluster: undefined, timers, log });
  try {
    const backfills = createBackfillRepository(database);
    const queue = createBackfillJobs({ ...dependencies, jobs, backfills });
    const id = await backfills.request(order, Date.now());
    await queue.send(id);
    console.error(
      'A node of the service with the role all or worker does this; it goes on if this command is stopped.',
    );
    for (;;) {
      const stored = await backfills.find(id);
      if (stored?.error) throw new PaperdeskError(stored.error.code, stored.error.detail);
      if (stored?.result) return stored.result;
      await order.onProgress(stored?.done ?? 0, totalOf(order));
      await timers.sleep(WATCH_MS);
    }
  } finally {
    await jobs.close();
  }
}
