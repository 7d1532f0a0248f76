import { expect, onTestFinished, test } from 'vitest';
import { createInProcessJobs } from '../../../src/jobs/in-process-jobs.ts';
import { type DueJob, type JobOptions, type JobWork, RepeatJob } from '../../../src/jobs/jobs.ts';
import { collectingLog } from '../../helper/log.ts';
import { simulatedTime } from '../../helper/time.ts';

const SECOND = 1000;

/** Jobs in simulated time, whose work the test ends. */
function openJobs(options: Partial<JobOptions> = {}, work?: JobWork) {
  const time = simulatedTime(0);
  const log = collectingLog();
  const due: DueJob[] = [];
  /** What runs, by key, with the function that ends it. */
  const running = new Map<string, { end: () => void; fail: (error: Error) => void }>();
  const begun: string[] = [];
  const jobs = createInProcessJobs({ timers: time.timers, log });
  const untilEnded: JobWork = (key, signal) =>
    new Promise<void>((resolve, reject) => {
      begun.push(key);
      const end = () => {
        running.delete(key);
        resolve();
      };
      const fail = (error: Error) => {
        running.delete(key);
        reject(error);
      };
      running.set(key, { end, fail });
      signal.addEventListener('abort', end);
    });
  const queue = jobs.queue(
    {
      ...{ kind: 'task', concurrency: 1, retries: 2, retryMs: 10 * SECOND, limitMs: 60_000 },
      due: async () => due,
      ...options,
    },
    work ?? untilEnded,
  );
  onTestFinished(() => jobs.close());
  const settle = () => time.pass(0);
  return { jobs, queue, due, running, begun, time, log, settle };
}

test('as many jobs run at the same time as are allowed, in the order of requests, one per key', async () => {
  const { jobs, queue, running, begun, settle } = openJobs({ concurrency: 2 });
  for (const key of ['a', 'b', 'c', 'c']) await queue.send(key);
  await jobs.start();
  await settle();
  await queue.send('a');
  expect([...running.keys()]).toEqual(['a', 'b']);
  expect(await jobs.counts()).toEqual([{ kind: 'task', waiting: 2, running: 2, dead: 0 }]);
  expect(jobs.runningHere()).toEqual([{ kind: 'task', running: 2 }]);
  running.get('b')?.end();
  await settle();
  expect([...running.keys()]).toEqual(['a', 'c']);
  running.get('c')?.end();
  await settle();
  // The second job of a key waits for the first.
  expect([...running.keys()]).toEqual(['a']);
  running.get('a')?.end();
  await settle();
  expect(begun).toEqual(['a', 'b', 'c', 'a']);
});

test('a job waits for its time, and a later request may bring it forward', async () => {
  const { jobs, queue, begun, time, settle } = openJobs({ concurrency: 5 });
  await jobs.start();
  await queue.send('later', { afterMs: 20 * SECOND });
  await queue.send('sooner', { afterMs: 50 * SECOND });
  await queue.send('sooner', { afterMs: 10 * SECOND });
  await queue.send('sooner', { afterMs: 30 * SECOND });
  await settle();
  expect(begun).toEqual([]);
  await time.pass(10 * SECOND);
  expect(begun).toEqual(['sooner']);
  await time.pass(10 * SECOND);
  expect(begun).toEqual(['sooner', 'later']);
});

test('a job that fails is repeated with growing pauses, and given up in the end', async () => {
  const { jobs, queue, running, begun, time, log, settle } = openJobs();
  await jobs.start();
  await queue.send('a');
  for (const pause of [10, 20]) {
    await settle();
    running.get('a')?.fail(new Error('broken'));
    await time.pass(pause * SECOND - 1);
    expect(running.size).toBe(0);
    await time.pass(1);
  }
  running.get('a')?.fail(new Error('broken'));
  await time.pass(3600 * SECOND);
  expect(begun).toEqual(['a', 'a', 'a']);
  expect(log.lines.at(-1)).toContain('given up');
  expect(await jobs.counts()).toEqual([{ kind: 'task', waiting: 0, running: 0, dead: 1 }]);
  await queue.send('a');
  await settle();
  expect(await jobs.counts()).toEqual([{ kind: 'task', waiting: 0, running: 1, dead: 0 }]);
});

test.each([
  ['was to be repeated', new RepeatJob('not now')],
  ['met a full disk', Object.assign(new Error('full'), { code: 'SQLITE_FULL' })],
])('a job that %s is repeated as often as needed', async (_, error) => {
  const { jobs, queue, running, begun, time, settle } = openJobs();
  await jobs.start();
  await queue.send('a');
  for (let attempt = 0; attempt < 5; attempt++) {
    await time.pass(10 * SECOND);
    running.get('a')?.fail(error);
    await settle();
  }
  await time.pass(10 * SECOND);
  expect(begun).toHaveLength(6);
  running.get('a')?.end();
  await time.pass(3600 * SECOND);
  expect(await jobs.counts()).toEqual([{ kind: 'task', waiting: 0, running: 0, dead: 0 }]);
  expect(jobs.runningHere()).toEqual([]);
});

test('what is due is queued at the start and every minute, unless it is there', async () => {
  const { jobs, due, running, begun, time, settle } = openJobs();
  due.push({ key: 'a' }, { key: 'b', afterMs: 30 * SECOND });
  await jobs.start();
  await settle();
  expect(begun).toEqual(['a']);
  due.splice(0, 1);
  running.get('a')?.end();
  await time.pass(29 * SECOND);
  expect(begun).toEqual(['a']);
  await time.pass(SECOND);
  expect(begun).toEqual(['a', 'b']);
  due.splice(0, 1, { key: 'c' });
  running.get('b')?.end();
  await time.pass(60 * SECOND);
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('jobs go on after a failure to read what is due', async () => {
  let broken = true;
  const due = async () => {
    if (broken) throw new Error('no database');
    return [{ key: 'a' }];
  };
  const { jobs, begun, time, log, settle } = openJobs({ due });
  await jobs.start();
  await settle();
  expect(log.lines.join()).toContain('jobs could not be read');
  broken = false;
  await time.pass(5 * SECOND);
  expect(begun).toEqual(['a']);
});

test('canceling removes what waits and stops what runs', async () => {
  const { jobs, queue, running, settle } = openJobs();
  await jobs.start();
  await queue.send('a');
  await queue.send('b');
  await settle();
  await queue.cancel('b');
  await queue.cancel('a');
  await settle();
  expect(running.size).toBe(0);
  expect(await jobs.counts()).toEqual([{ kind: 'task', waiting: 0, running: 0, dead: 0 }]);
});

test('closing stops what runs; what it then reports is no failure', async () => {
  const { jobs, queue, log, settle } = openJobs({}, async (_, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new Error('stopped in the middle');
  });
  await jobs.start();
  await queue.send('a');
  await settle();
  await jobs.close();
  expect(log.lines).toEqual([]);
});

test('a job that takes too long is stopped and counts as failed', async () => {
  const { jobs, queue, begun, time, log } = openJobs({ limitMs: 20, retries: 0 });
  await jobs.start();
  await queue.send('a');
  await expect
    .poll(async () => {
      await time.pass(0);
      return log.lines.join();
    })
    .toContain('given up');
  expect(begun).toEqual(['a']);
  expect((await jobs.counts())[0]?.dead).toBe(1);
});
