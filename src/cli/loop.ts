import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { LOOP_USAGE, LoopUsageError, readLoopOptions } from '../tools/loop/loop-options.ts';
import { runLoop } from '../tools/loop/trading-loop.ts';

/** `npm run loop`: polls a paper account, once a minute unless told otherwise. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

try {
  process.exitCode = await runLoop(readLoopOptions(process.env, process.argv.slice(2)), {
    fetch,
    print: (line) => console.log(line),
    sleep: SYSTEM_TIMERS.sleep,
    stop: stop.signal,
    now: Date.now,
  });
} catch (error) {
  if (!(error instanceof LoopUsageError)) throw error;
  console.error(`${error.message}\n${LOOP_USAGE}`);
  process.exitCode = 2;
}
