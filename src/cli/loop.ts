import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { runLoop } from '../tools/loop/trading-loop.ts';
import { UsageError } from './shared/arguments.ts';
import { LOOP_USAGE, readLoopOptions } from './shared/loop-options.ts';

/** Polls a paper account, once a minute by default. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

try {
  if (process.argv.includes('--help')) console.log(LOOP_USAGE);
  else
    process.exitCode = await runLoop(readLoopOptions(process.env, process.argv.slice(2)), {
      fetch,
      print: (line) => console.log(line),
      sleep: SYSTEM_TIMERS.sleep,
      stop: stop.signal,
      now: Date.now,
    });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n${LOOP_USAGE}`);
  process.exitCode = 2;
}
