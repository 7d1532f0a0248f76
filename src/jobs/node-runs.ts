import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { JobRunRepository, TakenJob } from './job-run-repository.ts';
import type { JobOptions, JobWork } from './jobs.ts';
import { type JobOutcome, logOutcome, runJob } from './run-job.ts';

export interface JobKind {
  readonly options: JobOptions;
  readonly work: JobWork;
}

/** The jobs that this node runs. */
export interface NodeRuns {
  begin(job: TakenJob, kind: JobKind): void;
  /** How many of a kind run. */
  count(kind: string): number;
  /** Stops the job with this key, if it runs here. */
  stop(kind: string, key: string): void;
  /**
   * Stops what was cancelled, or given to another node because this one was thought to be dead. Gives back what this node
   * took without knowing, because the answer of the database was lost. Not to be called while jobs are taken.
   */
  compareWithStored(nodeId: string): Promise<void>;
  /** Stops everything and gives it back. */
  close(): Promise<void>;
}

export interface NodeRunsOptions {
  readonly repository: Pick<JobRunRepository, 'runsOf' | 'complete' | 'fail' | 'giveBack'>;
  readonly timers: Timers;
  readonly log: Log;
  /** Called after each end of a job. */
  readonly onEnd: () => void;
}

interface Run {
  readonly job: TakenJob;
  readonly stop: AbortController;
  ended: Promise<void>;
}

/** The outcome of a job is reported again after this time when the database is not available. */
const REPORT_PAUSE_MS = 1000;

export function createNodeRuns({ repository, timers, log, onEnd }: NodeRunsOptions): NodeRuns {
  const runs = new Map<string, Run>();
  const closing = new AbortController();

  function report(job: TakenJob, { options }: JobKind, outcome: JobOutcome): Promise<void> {
    if (outcome.kind === 'done') return repository.complete(job);
    if (outcome.kind === 'interrupted')
      return repository.giveBack(job, closing.signal.aborted ? 0 : options.retryMs);
    return repository.fail(job, outcome.error);
  }

  async function run(job: TakenJob, kind: JobKind, stop: AbortSignal): Promise<void> {
    const outcome = await runJob(kind.work, job.key, kind.options, stop, timers);
    if (!stop.aborted) logOutcome(log, job, outcome, job.isLastTry);
    for (;;) {
      try {
        await report(job, kind, outcome);
        break;
      } catch (error) {
        log.warn({ err: error, kind: job.kind, key: job.key }, 'the outcome of a job could not be stored');
        // The other nodes give back what this one does not.
        if (closing.signal.aborted) break;
        await timers.sleep(REPORT_PAUSE_MS, closing.signal);
      }
    }
    runs.delete(job.runId);
    onEnd();
  }

  const list = () => [...runs.values()];
  return {
    begin(job, kind) {
      const stop = new AbortController();
      const entry: Run = { job, stop, ended: Promise.resolve() };
      runs.set(job.runId, entry);
      entry.ended = run(job, kind, stop.signal);
    },

    count: (kind) => list().filter(({ job }) => job.kind === kind).length,

    stop(kind, key) {
      for (const { job, stop } of list()) if (job.kind === kind && job.key === key) stop.abort();
    },

    async compareWithStored(nodeId) {
      // A run that ends meanwhile is still in the list, but may be stored no more.
      const known = new Map(runs);
      const stored = await repository.runsOf(nodeId);
      for (const [runId, { stop }] of known) if (stored.get(runId)?.isCancelled !== false) stop.abort();
      for (const run of stored.values()) if (!known.has(run.runId)) await repository.giveBack(run, 0);
    },

    async close() {
      closing.abort();
      for (const { stop } of list()) stop.abort();
      await Promise.all(list().map(({ ended }) => ended));
    },
  };
}
