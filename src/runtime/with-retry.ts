import { type ErrorCode, PaperdeskError } from '../errors.ts';

export interface Pauses {
  /** Called after each failure; ends the retries by throwing. */
  readonly pause: () => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface RetryOptions {
  /** The errors after which the work is repeated. */
  readonly codes: readonly ErrorCode[];
  readonly attempts: number;
  /** ms to sleep after attempt 1, 2, ...; `retryAfterMs` is that of the error, or 0. */
  readonly pauseMs: (attempt: number, retryAfterMs: number) => number;
  /** Called before each pause. */
  readonly onRetry?: (error: PaperdeskError, pauseMs: number) => void;
}

/** Repeats work that fails with a temporary error. @throws the last error, and what `pause` throws */
export async function withRetry<T>(
  { pause, sleep }: Pauses,
  { codes, attempts, pauseMs, onRetry }: RetryOptions,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      await pause();
      if (!(error instanceof PaperdeskError && codes.includes(error.code)) || attempt === attempts)
        throw error;
      const wait = pauseMs(attempt, (error.retryAfterSeconds ?? 0) * 1000);
      onRetry?.(error, wait);
      await sleep(wait);
    }
  }
}
