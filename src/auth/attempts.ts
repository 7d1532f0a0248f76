import { PaperdeskError } from '../errors.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { FailureCounts, FailureRepository, Failures, NewFailureCounts } from './failure-repository.ts';

/** Slows down wrong passwords, per address and in total, on all nodes together (factor-models.md#30). */
export interface Attempts {
  /**
   * Counts an attempt as wrong before the password is checked.
   * @param requireRoom is asked before; an attempt that it refuses is not counted
   * @returns whether the password was right from this address before
   * @throws RATE_LIMITED during a wait, and what `requireRoom` throws
   */
  begin(address: string, requireRoom?: (isKnown: boolean) => void): Promise<boolean>;
  /** Takes the attempt back, and remembers the address: the password was right. */
  succeeded(address: string): Promise<void>;
}

/** `free` wrong passwords may follow each other without a wait. */
const PER_ADDRESS = { free: 5, firstMs: 1000, longestMs: 60_000 };
/**
 * Of all addresses together. Only clients that failed have to wait then, and none from where the password was right before:
 * guesses from elsewhere must not lock the owner out.
 */
const IN_TOTAL = { free: 30, firstMs: 1000, longestMs: 5000 };
const FORGET_AFTER_MS = 15 * 60_000;
const NO_FAILURES: Failures = { count: 0, at: 0 };

/** @param now ms since the epoch */
export function createAttempts(repository: FailureRepository, now: () => number): Attempts {
  const recent = (failures: Failures | null): Failures =>
    failures === null || now() - failures.at > FORGET_AFTER_MS ? NO_FAILURES : failures;

  /** @throws RATE_LIMITED */
  function withAttempt(before: FailureCounts): NewFailureCounts {
    const own = recent(before.own);
    const total = recent(before.total);
    const isSpared = before.isKnown || own.count === 0;
    const until = Math.max(waitUntil(own, PER_ADDRESS), isSpared ? 0 : waitUntil(total, IN_TOTAL));
    const waitSeconds = Math.ceil((until - now()) / 1000);
    if (waitSeconds > 0) {
      const detail = `There were too many wrong passwords; try again in ${waitSeconds} seconds.`;
      throw new PaperdeskError('RATE_LIMITED', detail, { retryAfterSeconds: waitSeconds });
    }
    return { own: { count: own.count + 1, at: now() }, total: { count: total.count + 1, at: now() } };
  }

  return {
    async begin(address, requireRoom = () => {}) {
      // Attempts that are refused write nothing, however many there are.
      const before = await repository.read(address);
      withAttempt(before);
      requireRoom(before.isKnown);
      await repository.change(address, now() - FORGET_AFTER_MS, withAttempt);
      return before.isKnown;
    },

    async succeeded(address) {
      await repository.change(address, now() - FORGET_AFTER_MS, ({ total }) => ({
        own: null,
        total: { ...total, count: Math.max(0, total.count - 1) },
      }));
      await repository.remember(address, now());
    },
  };
}

function waitUntil({ count, at }: Failures, limit: typeof PER_ADDRESS): number {
  return count < limit.free ? at : at + backoffMs(limit, count - limit.free + 1);
}
