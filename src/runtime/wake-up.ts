import type { Timers } from './timers.ts';

/** The sleep of a background loop, which another part of the program can end. */
export interface WakeUp {
  /** Ends the current sleep; without one, the next sleep ends at once. */
  wake(): void;
  /** Ends this and every later sleep. */
  stop(): void;
  readonly stopped: boolean;
  sleep(ms: number): Promise<void>;
}

export function createWakeUp(timers: Timers): WakeUp {
  let sleeping: AbortController | undefined;
  let woken = false;
  let stopped = false;
  return {
    wake() {
      woken = true;
      sleeping?.abort();
    },
    stop() {
      stopped = true;
      sleeping?.abort();
    },
    get stopped() {
      return stopped;
    },
    async sleep(ms) {
      if (!woken && !stopped && ms > 0) {
        sleeping = new AbortController();
        await timers.sleep(ms, sleeping.signal);
        sleeping = undefined;
      }
      woken = false;
    },
  };
}
