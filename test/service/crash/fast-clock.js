import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/**
 * Preloaded (`node --import`) into a built process, it lets the process's clock and its waiting pass fast, by the
 * environment: CLOCK_START (ms) is what the clock showed when the machine's showed CLOCK_BEGUN, CLOCK_SPEED how much
 * faster it is. Time-outs of requests stay as long as they are.
 */
const [start, begun, speed] = ['CLOCK_START', 'CLOCK_BEGUN', 'CLOCK_SPEED'].map((name) =>
  Number(process.env[name]),
);
const machineNow = Date.now;
const wait = timers.setTimeout;
const elapsed = () => (machineNow() - begun) * speed;

Date.now = () => Math.floor(start + elapsed());
performance.now = elapsed;
timers.setTimeout = (ms, ...rest) => wait(ms / speed, ...rest);
syncBuiltinESMExports();
