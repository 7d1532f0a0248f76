import { PaperdeskError } from '../errors.ts';

/** Slows wrong passwords down, per address and in all. */
export interface Attempts {
  /** Counts an attempt as wrong before it is looked at. @throws RATE_LIMITED while one has to wait */
  begin(address: string): void;
  /** Takes the attempt back: it was right. */
  succeeded(address: string): void;
}

interface Failures {
  count: number;
  /** ms since the epoch of the newest one. */
  at: number;
}

/** So many may be wrong before the first wait, which doubles with each one after it. */
const FREE_PER_ADDRESS = 5;
const FREE_IN_ALL = 30;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** In all less, so that nobody can keep the owner out for long. */
const LONGEST_WAIT_IN_ALL_MS = 5000;
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const MOST_ADDRESSES = 10_000;

/** @param now ms since the epoch */
export function createAttempts(now: () => number): Attempts {
  const byAddress = new Map<string, Failures>();
  let inAll: Failures = { count: 0, at: 0 };

  function current(failures: Failures | undefined): Failures {
    const isOld = failures === undefined || now() - failures.at > FORGOTTEN_AFTER_MS;
    return isOld ? { count: 0, at: 0 } : failures;
  }

  return {
    begin(address) {
      const own = current(byAddress.get(address));
      const all = current(inAll);
      const until = Math.max(
        own.at + waitAfter(own.count, FREE_PER_ADDRESS, LONGEST_WAIT_MS),
        all.at + waitAfter(all.count, FREE_IN_ALL, LONGEST_WAIT_IN_ALL_MS),
      );
      const wait = Math.ceil((until - now()) / 1000);
      if (wait > 0) {
        const detail = `There were too many wrong passwords; try again in ${wait} seconds.`;
        throw new PaperdeskError('RATE_LIMITED', detail, { retryAfterSeconds: wait });
      }
      byAddress.delete(address);
      byAddress.set(address, { count: own.count + 1, at: now() });
      if (byAddress.size > MOST_ADDRESSES) byAddress.delete(byAddress.keys().next().value!);
      inAll = { count: all.count + 1, at: now() };
    },

    succeeded(address) {
      byAddress.delete(address);
      inAll = { ...inAll, count: Math.max(0, inAll.count - 1) };
    },
  };
}

function waitAfter(failures: number, free: number, longest: number): number {
  return failures < free ? 0 : Math.min(longest, FIRST_WAIT_MS * 2 ** (failures - free));
}
