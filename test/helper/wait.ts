import { setTimeout as delay } from 'node:timers/promises';

/** Shorter than the time limit of tests (vitest.config.ts), so that a failure says what never happened. */
const LIMIT_MS = 240_000;
/** A poll costs the processor time that the test waits for, so pauses grow. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;

/**
 * Polls a condition until it holds.
 * @throws when it does not hold for minutes, with `what` it was
 */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  longestPauseMs = LONGEST_PAUSE_MS,
): Promise<void> {
  await waitFor(what, async () => condition(), Boolean, longestPauseMs);
}

/**
 * Polls a value until it is as expected, and returns it.
 * @throws when it is not for minutes, with `what` was expected
 */
export async function waitFor<T>(
  what: string,
  read: () => Promise<T>,
  isExpected: (value: T) => boolean,
  longestPauseMs = LONGEST_PAUSE_MS,
): Promise<T> {
  const limit = Date.now() + LIMIT_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    const value = await read();
    if (isExpected(value)) return value;
    if (Date.now() > limit) throw new Error(`This did not happen in ${LIMIT_MS / 1000} s: ${what}.`);
    await delay(pause);
  }
}
