import { expect, test } from 'vitest';
import { startBackgroundLoop } from '../../../src/runtime/background-loop.ts';
import { simulatedTime } from '../../helper/time.ts';

function open(work: (run: number) => Promise<number>, onFailure: (error: unknown) => number = () => 0) {
  const time = simulatedTime(0);
  const runs: number[] = [];
  const loop = startBackgroundLoop({
    work() {
      runs.push(time.clock());
      return work(runs.length);
    },
    onFailure,
    timers: time.timers,
  });
  return { ...time, loop, runs };
}

test('work is repeated after the pause that it asks for, or at once when it is woken', async () => {
  const { loop, runs, passTo } = open(async () => 1_000);
  await passTo(2_500);
  loop.wake();
  await passTo(3_000);
  expect(runs).toEqual([0, 1_000, 2_000, 2_500]);
  await loop.stop();
});

test('being woken during the work skips one pause', async () => {
  const { loop, runs, passTo } = open(async (run) => {
    if (run === 2) loop.wake();
    return 1_000;
  });
  await passTo(1_500);
  expect(runs).toEqual([0, 1_000, 1_000]);
  await loop.stop();
});

test('after a failure the handler says how long to wait', async () => {
  const errors: unknown[] = [];
  const { loop, runs, passTo } = open(
    async (run) => {
      if (run < 3) throw run;
      return 1_000;
    },
    (error) => errors.push(error) * 10,
  );
  await passTo(1_000);
  expect(runs).toEqual([0, 10, 30]);
  expect(errors).toEqual([1, 2]);
  await loop.stop();
});

test('stopping ends the pause, and waits for the work under way', async () => {
  let finish = () => {};
  const { loop, runs, passTo, sleepers } = open(
    (run) =>
      new Promise((resolve) => {
        finish = () => resolve(1_000);
        if (run === 1) finish();
      }),
  );
  await passTo(1_500);
  expect(runs).toHaveLength(2);
  let hasStopped = false;
  const stopped = loop.stop().then(() => {
    hasStopped = true;
  });
  await passTo(2_000);
  expect([loop.stopped, hasStopped]).toEqual([true, false]);
  finish();
  await stopped;
  expect(sleepers()).toBe(0);
  expect(runs).toHaveLength(2);
});

test('the first run may use the loop itself', async () => {
  const failures: unknown[] = [];
  const { loop, runs, passTo } = open(
    async () => (loop.stopped ? 0 : 1_000),
    (error) => failures.push(error),
  );
  await passTo(1_500);
  expect(failures).toEqual([]);
  expect(runs).toEqual([0, 1_000]);
  await loop.stop();
});
