import { setTimeout as delay } from 'node:timers/promises';

/** Shorter than the time limit of tests (vitest.config.ts), so that a failure says what never happened. */
const LIMIT_MS = 240_000;

/**
 * Polls a condition until it holds.
 * @throws when it does not hold for minutes, with `what` it was
 */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  pollMs = 20,
): Promise<void> {
  await waitFor(what, async () => condition(), Boolean, pollMs);
}

/**
 * Polls a value until it is as expected, and returns it.
 * @throws when it is not for minutes, with `what` was expected
 */
export async function waitFor<T>(
  what: string,
  read: () => Promise<T>,
  isExpected: (value: T) => boolean,
  pollMs = 20,
): Promise<T> {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    const value = await read();
    if (isExpected(value)) return value;
    if (Date.now() > limit) throw new Error(`This did not happen in ${LIMIT_MS / 1000} s: ${what}.`);
    await delay(pollMs);
  }
}
