import { setTimeout as delay } from 'node:timers/promises';

/** ms since the Unix epoch. */
export type Clock = () => number;

/** Time and randomness, injected so that tests control them. */
export interface Timers {
  /** ms that never decrease, also when the system clock changes. */
  monotonic(): number;
  /** Resolves after `ms`, or when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** Those of the system. */
export const SYSTEM_TIMERS: Timers = {
  monotonic: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
  random: () => Math.random(),
};
