import type { Timers } from './timers.ts';
import { createWakeUp } from './wake-up.ts';

/** Background work that is repeated until it is stopped. */
export interface BackgroundLoop {
  /** Ends the current pause; during the work, the next pause is skipped. */
  wake(): void;
  readonly stopped: boolean;
  /** Starts no more work and waits for the work under way. */
  stop(): Promise<void>;
}

export interface BackgroundLoopOptions {
  /** Resolves to the pause before the next run, in ms. */
  readonly work: () => Promise<number>;
  /** Returns the pause after work that threw, in ms. */
  readonly onFailure: (error: unknown) => number;
  readonly timers: Timers;
}

/** Starts at once; runs never overlap. */
export function startBackgroundLoop({ work, onFailure, timers }: BackgroundLoopOptions): BackgroundLoop {
  const wakeUp = createWakeUp(timers);
  async function run(): Promise<void> {
    // The caller must have the loop before `work` uses it.
    await Promise.resolve();
    while (!wakeUp.stopped) await wakeUp.sleep(await work().catch(onFailure));
  }
  const running = run();
  return {
    wake: wakeUp.wake,
    get stopped() {
      return wakeUp.stopped;
    },
    stop() {
      wakeUp.stop();
      return running;
    },
  };
}
