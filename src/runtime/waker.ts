import type { Timers } from './timers.ts';

/** Lets a loop wait for a time or for a word, whichever comes first. A word that came before the wait ends it at once. */
export interface Waker {
  wake(): void;
  /** Waits no more, now and later. */
  stop(): void;
  readonly stopped: boolean;
  wait(ms: number): Promise<void>;
}

export function createWaker(timers: Timers): Waker {
  let waiting: AbortController | undefined;
  let woken = false;
  let stopped = false;
  return {
    wake() {
      woken = true;
      waiting?.abort();
    },
    stop() {
      stopped = true;
      waiting?.abort();
    },
    get stopped() {
      return stopped;
    },
    async wait(ms) {
      if (!woken && !stopped && ms > 0) {
        waiting = new AbortController();
        await timers.sleep(ms, waiting.signal);
        waiting = undefined;
      }
      woken = false;
    },
  };
}
