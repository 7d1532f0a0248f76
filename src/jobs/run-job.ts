import { databaseFault } from '../db/database-fault.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { waitAtMost } from '../runtime/wait-at-most.ts';
import { type JobOptions, type JobWork, RepeatJob } from './jobs.ts';

export type JobOutcome =
  | { readonly kind: 'done' }
  /** Stopped from outside, or something was not available: it has to be done again. */
  | { readonly kind: 'interrupted'; readonly cause: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Work that goes on for longer than this after its signal aborted is left to itself. A shutdown waits for it. */
const STOP_LIMIT_MS = 2000;

/** Does a job once; never throws. @param stop stops it */
export async function runJob(
  work: JobWork,
  key: string,
  { limitMs }: Pick<JobOptions, 'limitMs'>,
  stop: AbortSignal,
  timers: Timers,
): Promise<JobOutcome> {
  const tooLate = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([stop, tooLate]);
  const working = work(key, signal).then<JobOutcome, JobOutcome>(
    () => ({ kind: 'done' }),
    (error: unknown) => ({ kind: 'failed', error }),
  );
  await Promise.race([working, aborted(signal)]);
  if (signal.aborted) await waitAtMost(working, STOP_LIMIT_MS, timers);
  if (stop.aborted) return { kind: 'interrupted', cause: stop.reason };
  if (tooLate.aborted) return { kind: 'failed', error: tooLateError(limitMs) };
  const outcome = await working;
  if (outcome.kind !== 'failed') return outcome;
  const { error } = outcome;
  const isInterrupted = error instanceof RepeatJob || databaseFault(error) !== undefined;
  return isInterrupted ? { kind: 'interrupted', cause: error } : outcome;
}

/** Logs why a job was not done. @param isLastTry whether it is not repeated after a failure */
export function logOutcome(
  log: Log,
  job: { kind: string; key: string },
  outcome: JobOutcome,
  isLastTry: boolean,
): void {
  const { kind, key } = job;
  if (outcome.kind === 'failed' && isLastTry)
    log.error({ err: outcome.error, kind, key }, 'a job was given up: it failed too often');
  else if (outcome.kind === 'failed')
    log.warn({ err: outcome.error, kind, key }, 'a job failed and is repeated');
  else if (outcome.kind === 'interrupted' && !(outcome.cause instanceof RepeatJob))
    log.warn({ err: outcome.cause, kind, key }, 'a job was interrupted and is repeated');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function tooLateError(limitMs: number): Error {
  return new Error(`The job took longer than ${Math.round(limitMs / 1000)} s, so it was stopped.`);
}
