import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/**
 * Preloaded (`node --import`) into a built process, it lets the process's clock pass fast, by the environment:
 * CLOCK_START (ms) is what the clock showed when the machine's showed CLOCK_BEGUN, CLOCK_SPEED how much faster it is.
 * Waiting passes as fast, unless TIMERS_SPEED says otherwise: nodes that share a store wait as long for each other as
 * their database does. Time-outs of requests stay as long as they are.
 */
const [start, begun, speed] = ['CLOCK_START', 'CLOCK_BEGUN', 'CLOCK_SPEED'].map((name) =>
  Number(process.env[name]),
);
const timersSpeed = Number(process.env.TIMERS_SPEED ?? speed);
const machineNow = Date.now;
const wait = timers.setTimeout;
const elapsed = () => machineNow() - begun;

Date.now = () => Math.floor(start + elapsed() * speed);
performance.now = () => elapsed() * timersSpeed;
timers.setTimeout = (ms, ...rest) => wait(ms / timersSpeed, ...rest);
syncBuiltinESMExports();
