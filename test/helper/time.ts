import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { areTransactionsPending } from '../../src/db/sqlite/group-commit.ts';
import { SYSTEM_TIMERS, type Timers } from '../../src/runtime/timers.ts';
import { databasesIdle } from './postgres-activity.ts';

/** A clock that stands still until a test moves it. */
export function manualClock(start: number): {
  (): number;
  set(now: number): void;
  advance(ms: number): void;
} {
  let now = start;
  return Object.assign(() => now, {
    set(time: number) {
      now = time;
    },
    advance(ms: number) {
      now += ms;
    },
  });
}

/** Timers whose sleeps end at once and move their time; random numbers are always 0.5. */
export function instantTimers(): Timers & { readonly slept: number[]; advance(ms: number): void } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    advance(ms) {
      now += ms;
    },
    monotonic: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
    random: () => 0.5,
  };
}

/** Timers that run `factor` times as fast as the machine. */
export function acceleratedTimers(factor: number): Timers {
  return {
    monotonic: () => SYSTEM_TIMERS.monotonic() * factor,
    sleep: (ms, signal) => SYSTEM_TIMERS.sleep(ms / factor, signal),
    random: () => 0.5,
  };
}

/** A clock that every sleep moves on; a sleep itself takes a millisecond. */
export function jumpingTime(start: number) {
  let now = start;
  const timers: Timers = {
    monotonic: () => now - start,
    async sleep(ms, signal) {
      await delay(1, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      if (!signal?.aborted) now += ms;
    },
    random: () => 0.5,
  };
  return { clock: () => now, timers };
}

/**
 * Time that passes only in `passTo`, from one sleeper to the next. It suits code that only computes, sleeps and asks a test
 * database: then one round of the event loop without a query ends all work.
 */
export function simulatedTime(start: number, random: () => number = () => 0.5) {
  let now = start;
  const { sleeping, sleep } = sleepersOf(() => now);
  const timers: Timers = { monotonic: () => now - start, random, sleep };
  async function passTo(until: number): Promise<void> {
    for (;;) {
      do await new Promise(setImmediate);
      while (!databasesIdle() || areTransactionsPending());
      let next: Sleeper | undefined;
      for (const sleeper of sleeping) if (next === undefined || sleeper.until < next.until) next = sleeper;
      if (next === undefined || next.until > until) break;
      now = Math.max(now, next.until);
      next.wake();
    }
    now = Math.max(now, until);
  }
  return {
    clock: () => now,
    timers,
    /** The number of sleepers. */
    sleepers: () => sleeping.size,
    passTo,
    pass: (ms: number) => passTo(now + ms),
  };
}

/**
 * A clock that runs `speed` times as fast as the machine, and its timers. Time passes by ticks of this process: on a
 * busy machine it passes more slowly, so that no deadline is missed for that.
 */
export function fastTime(start: number, speed: number) {
  let elapsed = 0;
  let jumped = 0;
  const { sleeping, sleep } = sleepersOf(() => elapsed);
  const ticking = setInterval(() => {
    elapsed += speed;
    for (const { until, wake } of sleeping) if (until <= elapsed) wake();
  }, 1);
  onTestFinished(() => clearInterval(ticking));
  const timers: Timers = { monotonic: () => elapsed, random: () => 0.5, sleep };
  return {
    clock: () => start + elapsed + jumped,
    timers,
    /** Moves the clock but not the timers, as when the machine was suspended. */
    jump(ms: number) {
      jumped += ms;
    },
  };
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A `sleep` that lasts until `wake` is called or its signal aborts. */
function sleepersOf(now: () => number) {
  const sleeping = new Set<Sleeper>();
  const sleep: Timers['sleep'] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      // At least 1 ms, as with the timers of the machine.
      const sleeper = { until: now() + Math.max(1, Math.ceil(ms)), wake };
      function wake() {
        sleeping.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      }
      signal?.addEventListener('abort', wake);
      sleeping.add(sleeper);
    });
  return { sleeping, sleep };
}
