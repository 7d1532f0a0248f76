import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';

/** A clock of the market that passes faster than that of the machine, here and in processes. */
export interface MarketClock {
  /** ms since the epoch. */
  now(): number;
  /** Gives a process this clock; its waiting takes as long as on any machine. */
  readonly env: NodeJS.ProcessEnv;
  /** Lets the clock stand still at `time` in this process. */
  standAt(time: number): void;
}

/** @param start what the clock shows at first, ms; @param speed how much faster it is than the machine's */
export function startMarketClock(start: number, speed: number): MarketClock {
  const begun = Date.now();
  let standing: number | undefined;
  return {
    now: () => standing ?? Math.floor(start + (Date.now() - begun) * speed),
    env: {
      NODE_OPTIONS: `--import ${pathToFileURL(join(PROJECT_ROOT, 'test', 'helper', 'fast-clock.js'))}`,
      CLOCK_START: String(start),
      CLOCK_BEGUN: String(begun),
      CLOCK_SPEED: String(speed),
      TIMERS_SPEED: '1',
    },
    standAt(time) {
      standing = time;
    },
  };
}
