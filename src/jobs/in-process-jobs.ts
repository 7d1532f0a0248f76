import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { type JobCount, type JobOptions, type JobQueue, type Jobs, type JobWork, runningOf } from './jobs.ts';
import { logOutcome, runJob } from './run-job.ts';

export interface InProcessOptions {
  readonly timers: Timers;
  readonly log: Log;
}

interface WaitingJob {
  readonly key: string;
  /** By the monotonic clock. */
  readonly dueAt: number;
  readonly failures: number;
}

interface KindQueue extends JobQueue {
  count(): JobCount;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Missing jobs are looked for so often. */
const CHECK_INTERVAL_MS = 60_000;
const PAUSE_AFTER_ERROR_MS = 5000;
const LONGEST_RETRY_MS = 3_600_000;

/**
 * The jobs of a service that is one process. They are kept in memory; after a restart they come from `due` again.
 */
export function createInProcessJobs(options: InProcessOptions): Jobs {
  const queues: KindQueue[] = [];
  return {
    queue(jobOptions, work) {
      const queue = createKindQueue(options, jobOptions, work);
      queues.push(queue);
      return queue;
    },
    counts: async () => queues.map((queue) => queue.count()),
    runningHere: () => runningOf(queues.map((queue) => queue.count())),
    async start() {
      for (const queue of queues) await queue.start();
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

function createKindQueue({ timers, log }: InProcessOptions, options: JobOptions, work: JobWork): KindQueue {
  const { kind } = options;
  /** In the order in which they were queued. */
  const waiting = new Map<string, WaitingJob>();
  const running = new Map<string, AbortController>();
  const dead = new Set<string>();
  /** Each runs one job at a time. */
  let lanes: BackgroundLoop[] = [];
  let closed = false;
  let nextCheckAt = 0;

  function add(key: string, afterMs: number, failures = 0): void {
    if (closed) return;
    const dueAt = timers.monotonic() + Math.max(afterMs, 0);
    const known = waiting.get(key);
    waiting.set(key, { key, dueAt: Math.min(dueAt, known?.dueAt ?? dueAt), failures });
    for (const lane of lanes) lane.wake();
  }

  /** Queues what is missing. */
  async function check(): Promise<void> {
    if (timers.monotonic() < nextCheckAt) return;
    nextCheckAt = timers.monotonic() + CHECK_INTERVAL_MS;
    for (const { key, afterMs } of await options.due()) {
      if (running.has(key) || dead.has(key)) continue;
      const known = waiting.get(key);
      // What waits for its time is looked at again, because the system clock may have changed.
      if (known === undefined || afterMs !== undefined) add(key, afterMs ?? 0, known?.failures);
    }
  }

  /** The job to run now; the one queued first, of several. */
  function take(): WaitingJob | undefined {
    const now = timers.monotonic();
    for (const job of waiting.values()) {
      if (job.dueAt > now || running.has(job.key)) continue;
      waiting.delete(job.key);
      return job;
    }
    return undefined;
  }

  /** Time until a job may be due, in ms. */
  function pauseMs(): number {
    const times = [...waiting.values()].filter(({ key }) => !running.has(key)).map(({ dueAt }) => dueAt);
    return Math.max(0, Math.min(nextCheckAt, ...times) - timers.monotonic());
  }

  async function run({ key, failures }: WaitingJob): Promise<void> {
    const stop = new AbortController();
    running.set(key, stop);
    const outcome = await runJob(work, key, options, stop.signal, timers);
    running.delete(key);
    for (const lane of lanes) lane.wake();
    if (stop.signal.aborted || outcome.kind === 'done') return;
    const isLastTry = failures >= options.retries;
    logOutcome(log, { kind, key }, outcome, isLastTry);
    if (outcome.kind === 'interrupted') add(key, options.retryMs, failures);
    else if (isLastTry) dead.add(key);
    else
      add(
        key,
        backoffMs({ firstMs: options.retryMs, longestMs: LONGEST_RETRY_MS }, failures + 1),
        failures + 1,
      );
  }

  async function workInLane(): Promise<number> {
    await check();
    const job = closed ? undefined : take();
    if (job === undefined) return pauseMs();
    await run(job);
    return 0;
  }

  function onFailure(error: unknown): number {
    log.error({ err: error, kind }, 'jobs could not be read');
    nextCheckAt = 0;
    return PAUSE_AFTER_ERROR_MS;
  }

  return {
    async send(key, { afterMs = 0 } = {}) {
      dead.delete(key);
      add(key, afterMs);
    },

    async cancel(key) {
      waiting.delete(key);
      dead.delete(key);
      running.get(key)?.abort();
    },

    count: () => ({ kind, waiting: waiting.size, running: running.size, dead: dead.size }),

    async start() {
      lanes = Array.from({ length: options.concurrency }, () =>
        startBackgroundLoop({ work: workInLane, onFailure, timers }),
      );
    },

    async close() {
      closed = true;
      waiting.clear();
      for (const stop of running.values()) stop.abort();
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}
