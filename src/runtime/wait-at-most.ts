import type { Timers } from './timers.ts';

/** Waits until `promise` settles, but no longer than `ms`; resolves to whether it settled. Rejects if `promise` does. */
export async function waitAtMost(promise: Promise<unknown>, ms: number, timers: Timers): Promise<boolean> {
  const done = new AbortController();
  const timeout = timers.sleep(Math.max(ms, 0), done.signal).then(() => false);
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    done.abort();
  }
}
