/** How jobs of one kind are run. */
export interface JobOptions {
  /** For example `replay`. */
  readonly kind: string;
  /** Jobs of this kind that a node runs at the same time. */
  readonly concurrency: number;
  /** A job that fails is repeated this often, with growing pauses; then it goes to the dead letters and the log. */
  readonly retries: number;
  /** Pause before the first repetition, in ms. */
  readonly retryMs: number;
  /** A job that takes longer is given up and counts as failed, in ms. */
  readonly limitMs: number;
}

/** The jobs of one kind. At most one job per key waits, and at most one runs. */
export interface JobQueue {
  /**
   * Queues a job; does nothing when one with this key waits already.
   * @param afterMs how long it waits at least
   */
  send(key: string, options?: { readonly afterMs?: number }): Promise<void>;
  /** Removes the waiting job with this key, and aborts the running one on whatever node it runs. */
  cancel(key: string): Promise<void>;
}

/**
 * Background jobs. What a job works on, and how far it is, is in the rows of its own table, so a job is only a kind and a
 * key, and may be repeated at any time.
 */
export interface Jobs {
  /** @param work runs one job; `signal` aborts when it is cancelled, too late, or the service stops */
  queue(options: JobOptions, work: (key: string, signal: AbortSignal) => Promise<void>): JobQueue;
  /** Starts running jobs, if this node has the role for it. */
  start(): Promise<void>;
  /** Interrupts what runs; it is queued again. */
  close(): Promise<void>;
}
