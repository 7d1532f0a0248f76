import { LRUCache } from 'lru-cache';
import { PaperdeskError, shownMessage } from '../../errors.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import { createSingleFlight } from '../../runtime/single-flight.ts';
import type { Timers } from '../../runtime/timers.ts';
import { waitAtMost } from '../../runtime/wait-at-most.ts';

/** Downloads that callers share: each runs once at a time, with backoff between attempts for the same candle. */
export interface SharedDownloads {
  /**
   * Waits for the download of `key` up to the candle `due` (its open time, ms), or starts it.
   * @param hasOlder whether the caller can use older candles, and so waits 6 s instead of 25 s
   * @returns the error of the last attempt, or MARKET_UNAVAILABLE if the download takes longer
   */
  run(key: string, due: number, hasOlder: boolean, load: () => Promise<void>): Promise<unknown>;
  keys(): Iterable<string>;
  lastError(key: string): string | null;
}

interface Attempts {
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

export function createSharedDownloads(timers: Timers, log: Log): SharedDownloads {
  const attempts = new LRUCache<string, Attempts>({ max: MAX_KEYS });
  const singleFlight = createSingleFlight<void>();

  function attemptsFor(key: string, due: number): Attempts {
    const known = attempts.get(key);
    if (known?.due === due) return known;
    const added = { due, count: 0, notBefore: 0, failure: known?.failure };
    attempts.set(key, added);
    return added;
  }

  async function attempt(key: string, state: Attempts, load: () => Promise<void>): Promise<void> {
    try {
      await load();
      state.failure = undefined;
    } catch (error) {
      state.failure = error;
      // Otherwise requests for symbols that do not exist would evict the others.
      if (error instanceof PaperdeskError && error.code === 'SYMBOL_UNKNOWN') attempts.delete(key);
      log.warn({ symbol: key, err: error }, 'candles could not be brought up to date');
    }
    state.count += 1;
    state.notBefore = timers.monotonic() + backoffMs(BACKOFF, state.count);
  }

  return {
    async run(key, due, hasOlder, load) {
      const state = attemptsFor(key, due);
      if (timers.monotonic() < state.notBefore) return state.failure;
      const download = singleFlight(`${key} ${due}`, () => attempt(key, state, load));
      const maxWaitMs = hasOlder ? MAX_WAIT_MS.withOlder : MAX_WAIT_MS.withNothing;
      if (await waitAtMost(download, maxWaitMs, timers)) return state.failure;
      return new PaperdeskError('MARKET_UNAVAILABLE', `The candles of ${key} are still being downloaded.`, {
        retryAfterSeconds: 5,
      });
    },
    keys: () => attempts.keys(),
    lastError(key) {
      const failure = attempts.peek(key)?.failure;
      return failure === undefined ? null : shownMessage(failure);
    },
  };
}
