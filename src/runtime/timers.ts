import { setTimeout as delay } from 'node:timers/promises';

/** ms since the Unix epoch. */
export type Clock = () => number;

/** Waiting and chance, handed in so that tests need neither. */
export interface Timers {
  /** ms that only ever grow, whatever happens to the clock on the wall. */
  monotonic(): number;
  /** Waits, or until `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Evenly spread over [0, 1). */
  random(): number;
}

/** The machine's own. */
export const SYSTEM_TIMERS: Timers = {
  monotonic: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
  random: () => Math.random(),
};
