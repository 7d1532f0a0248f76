/** A job that there should be, because of what is stored. */
export interface DueJob {
  readonly key: string;
  /** How long it waits at least, in ms; not at all by default. */
  readonly afterMs?: number;
}

/** How jobs of one kind are run. */
export interface JobOptions {
  /** For example `replay`. */
  readonly kind: string;
  /** Jobs of this kind that a node runs at the same time. */
  readonly concurrency: number;
  /** A job that fails is repeated this often, with growing pauses; then it goes to the dead letters and the log. */
  readonly retries: number;
  /** Pause before the first repetition, and before each one that is not due to a failure, in ms. */
  readonly retryMs: number;
  /** A job that takes longer is given up and counts as failed, in ms; less than 24 hours. */
  readonly limitMs: number;
  /**
   * The jobs that there should be, in the order to run them. Missing ones are queued at the start and every minute, so
   * none is lost whatever happens between a change of the store and `send`.
   */
  readonly due: () => Promise<readonly DueJob[]>;
}

/** Thrown by work that could not be done now and did not fail: the job is repeated after `retryMs`, however often. */
export class RepeatJob extends Error {
  override readonly name = 'RepeatJob';
}

/** Does one job. It should end soon after `signal` aborts: the job was cancelled, is too late, or the service stops. */
export type JobWork = (key: string, signal: AbortSignal) => Promise<void>;

/** The jobs of one kind. At most one per key runs; one per key waits, in addition to one that is repeated after a failure. */
export interface JobQueue {
  /** Queues a job. One with this key that waits already begins earlier if `afterMs` (in ms) says so. */
  send(key: string, options?: { readonly afterMs?: number }): Promise<void>;
  /** Removes the waiting job with this key, and aborts the running one on whatever node it runs. */
  cancel(key: string): Promise<void>;
}

/** How many jobs of a kind there are. */
export interface JobCount {
  readonly kind: string;
  readonly waiting: number;
  readonly running: number;
  /** Jobs that failed too often. */
  readonly dead: number;
}

/** How many jobs of a kind a node runs. */
export type RunningJobs = Pick<JobCount, 'kind' | 'running'>;

/** The kinds of which some run. */
export function runningOf(counts: readonly RunningJobs[]): readonly RunningJobs[] {
  return counts.filter(({ running }) => running > 0).map(({ kind, running }) => ({ kind, running }));
}

/**
 * Background jobs. What a job works on, and how far it is, is in the rows of its own table, so a job is only a kind and a
 * key, and may be repeated at any time. A job that is interrupted, because its node stops or dies or the database is not
 * available, is repeated without counting as failed. Only a job whose nodes die again and again is given up.
 */
export interface Jobs {
  /** Declares a kind. To be called before `start`. */
  queue(options: JobOptions, work: JobWork): JobQueue;
  /** The jobs of this store, on all nodes together. */
  counts(): Promise<readonly JobCount[]>;
  /** The jobs that this node runs; kinds without one are left out. */
  runningHere(): readonly RunningJobs[];
  /** Starts running jobs, if this node has the role for it. */
  start(): Promise<void>;
  /** Interrupts what runs; it is queued again. */
  close(): Promise<void>;
}
