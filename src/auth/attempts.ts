import { LRUCache } from 'lru-cache';
import { PaperdeskError } from '../errors.ts';
import { backoffMs } from '../runtime/backoff.ts';

/** Slows down wrong passwords, per address and in total (factor-models.md#30). */
export interface Attempts {
  /** Counts an attempt as wrong before the password is checked. @throws RATE_LIMITED during a wait */
  begin(address: string): void;
  /** Takes the attempt back: the password was right. */
  succeeded(address: string): void;
}

interface Failures {
  readonly count: number;
  /** Time of the newest one, ms since the epoch. */
  readonly at: number;
}

/** `free` wrong passwords may follow each other without a wait. */
const PER_ADDRESS = { free: 5, firstMs: 1000, longestMs: 60_000 };
/** The wait is shorter in total, so that an attacker cannot lock out the owner for long. */
const IN_TOTAL = { free: 30, firstMs: 1000, longestMs: 5000 };
const FORGET_AFTER_MS = 15 * 60_000;
const MAX_ADDRESSES = 10_000;
const NO_FAILURES: Failures = { count: 0, at: 0 };

/** @param now ms since the epoch */
export function createAttempts(now: () => number): Attempts {
  const byAddress = new LRUCache<string, Failures>({ max: MAX_ADDRESSES });
  let inTotal = NO_FAILURES;

  function recent(failures: Failures | undefined): Failures {
    return failures === undefined || now() - failures.at > FORGET_AFTER_MS ? NO_FAILURES : failures;
  }

  return {
    begin(address) {
      const own = recent(byAddress.get(address));
      const total = recent(inTotal);
      const until = Math.max(waitUntil(own, PER_ADDRESS), waitUntil(total, IN_TOTAL));
      const waitSeconds = Math.ceil((until - now()) / 1000);
      if (waitSeconds > 0) {
        const detail = `There were too many wrong passwords; try again in ${waitSeconds} seconds.`;
        throw new PaperdeskError('RATE_LIMITED', detail, { retryAfterSeconds: waitSeconds });
      }
      byAddress.set(address, { count: own.count + 1, at: now() });
      inTotal = { count: total.count + 1, at: now() };
    },

    succeeded(address) {
      byAddress.delete(address);
      inTotal = { ...inTotal, count: Math.max(0, inTotal.count - 1) };
    },
  };
}

function waitUntil({ count, at }: Failures, limit: typeof PER_ADDRESS): number {
  return count < limit.free ? at : at + backoffMs(limit, count - limit.free + 1);
}
