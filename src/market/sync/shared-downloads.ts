import { LRUCache } from 'lru-cache';
import { shownError } from '../../db/shown-error.ts';
import { PaperdeskError } from '../../errors.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import { createSingleFlight } from '../../runtime/single-flight.ts';
import type { Timers } from '../../runtime/timers.ts';
import { waitAtMost } from '../../runtime/wait-at-most.ts';

/** Downloads that callers share: each runs once at a time, with backoff between attempts for the same candle. */
export interface SharedDownloads<Subject> {
  /**
   * Waits for a download, or starts it.
   * @returns the error of the last attempt, or MARKET_UNAVAILABLE if the download takes longer
   */
  run(download: Download<Subject>): Promise<unknown>;
  /** What was downloaded or tried, the newest first. */
  subjects(): Subject[];
  lastError(key: string): string | null;
}

export interface Download<Subject> {
  /** Readable: callers with the same key share the download. */
  readonly key: string;
  readonly subject: Subject;
  /** Open time of the newest candle, in ms. */
  readonly due: number;
  /** Whether the caller can use older candles, and so waits 6 s instead of 25 s. */
  readonly hasOlder: boolean;
  readonly load: () => Promise<void>;
}

interface Attempts<Subject> {
  readonly subject: Subject;
  readonly due: number;
  count: number;
  notBefore: number;
  failure: unknown;
}

const BACKOFF = { firstMs: 2_000, longestMs: 60_000 };
/** More symbols than any exchange has. */
const MAX_KEYS = 2_000;
/** The download continues after that. */
const MAX_WAIT_MS = { withOlder: 6_000, withNothing: 25_000 };

export function createSharedDownloads<Subject>(timers: Timers, log: Log): SharedDownloads<Subject> {
  const attempts = new LRUCache<string, Attempts<Subject>>({ max: MAX_KEYS });
  const singleFlight = createSingleFlight<void>();

  function attemptsFor({ key, subject, due }: Download<Subject>): Attempts<Subject> {
    const known = attempts.get(key);
    if (known?.due === due) return known;
    const added = { subject, due, count: 0, notBefore: 0, failure: known?.failure };
    attempts.set(key, added);
    return added;
  }

  async function attempt({ key, load }: Download<Subject>, state: Attempts<Subject>): Promise<void> {
    try {
      await load();
      state.failure = undefined;
    } catch (error) {
      state.failure = error;
      // Otherwise requests for symbols that do not exist would evict the others.
      if (error instanceof PaperdeskError && error.code === 'SYMBOL_UNKNOWN') attempts.delete(key);
      log.warn({ download: key, err: error }, 'candles could not be brought up to date');
    }
    state.count += 1;
    state.notBefore = timers.monotonic() + backoffMs(BACKOFF, state.count);
  }

  return {
    async run(download) {
      const { key, due, hasOlder } = download;
      const state = attemptsFor(download);
      if (timers.monotonic() < state.notBefore) return state.failure;
      const attempted = singleFlight(`${key} ${due}`, () => attempt(download, state));
      const maxWaitMs = hasOlder ? MAX_WAIT_MS.withOlder : MAX_WAIT_MS.withNothing;
      if (await waitAtMost(attempted, maxWaitMs, timers)) return state.failure;
      return new PaperdeskError('MARKET_UNAVAILABLE', `The candles of ${key} are still being downloaded.`, {
        retryAfterSeconds: 5,
      });
    },
    subjects: () => [...attempts.values()].map(({ subject }) => subject),
    lastError(key) {
      const failure = attempts.peek(key)?.failure;
      return failure === undefined ? null : shownError(failure);
    },
  };
}
