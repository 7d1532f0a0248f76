import { databaseFault } from '../../db/database-fault.ts';
import { PaperdeskError } from '../../errors.ts';
import type { JobQueue, Jobs } from '../../jobs/jobs.ts';
import type { BackfillRepository } from '../store/backfill-repository.ts';
import { type BackfillDependencies, backfill } from './backfill.ts';

export interface BackfillJobsDependencies extends BackfillDependencies {
  readonly jobs: Pick<Jobs, 'queue'>;
  readonly backfills: BackfillRepository;
}

const HOUR_MS = 3_600_000;
/** What the exchange refuses is stored in the backfill; only failures around it make the job fail. */
const JOB = { kind: 'backfill', concurrency: 1, retries: 5, retryMs: 5000, limitMs: 12 * HOUR_MS };

/** Declares the jobs that fill ranges of candles; their keys are ids of backfills. */
export function createBackfillJobs(dependencies: BackfillJobsDependencies): JobQueue {
  const { jobs, backfills, log } = dependencies;

  async function fail(id: string, error: unknown): Promise<void> {
    log.warn({ err: error, backfill: id }, 'a backfill failed');
    const known = error instanceof PaperdeskError;
    const detail = known ? error.message : 'An unexpected error; the log of the service has the details.';
    await backfills.finish(id, { error: { code: known ? error.code : 'INTERNAL', detail } });
  }

  const due = async () => (await backfills.queued()).map((key) => ({ key }));
  return jobs.queue({ ...JOB, due }, async (id, signal) => {
    const queued = await backfills.find(id);
    if (queued?.state !== 'QUEUED') return;
    const order = { ...queued, signal, onProgress: (done: number) => backfills.progress(id, done) };
    try {
      await backfills.finish(id, { result: await backfill(dependencies, order) });
    } catch (error) {
      if (signal.aborted) return;
      if (databaseFault(error) !== undefined) throw error;
      await fail(id, error);
    }
  });
}
