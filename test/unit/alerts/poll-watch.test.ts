import { expect, onTestFinished, test } from 'vitest';
import { createPollRepository } from '../../../src/alerts/poll-repository.ts';
import { afterPolls, joinSpans, type PollRun, pollAt } from '../../../src/alerts/poll-run.ts';
import { startPollWatch } from '../../../src/alerts/poll-watch.ts';
import { silentLog } from '../../helper/log.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { simulatedTime } from '../../helper/time.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const MINUTE = 60_000;

async function twoNodes() {
  const database = await openTestDatabase();
  const time = simulatedTime(START);
  const start = async () => {
    const node = await startPollWatch({
      repository: createPollRepository(database),
      ...{ now: time.clock, timers: time.timers, log: silentLog },
    });
    onTestFinished(() => node.close());
    return node;
  };
  return { a: await start(), b: await start(), time, start };
}

test('polls of one account on two nodes are one run', async () => {
  const { a, b, time } = await twoNodes();
  for (const node of [a, b, b, a, b, a]) {
    node.recordPoll('x');
    await time.pass(2 * MINUTE);
  }
  const run: PollRun = { polls: 6, intervalMs: 2 * MINUTE, lastPollAt: START + 10 * MINUTE };
  expect(a.pollsOf('x')!.run).toEqual(run);
  expect(b.pollsOf('x')!.run).toEqual(run);
});

test('an account that another node polls is not silent; one that no client polls is silent on both', async () => {
  const { a, b, time } = await twoNodes();
  a.recordPoll('x');
  for (let count = 0; count < 10; count++) {
    b.recordPoll('x');
    await time.pass(MINUTE);
  }
  expect(a.pollsOf('x')!.silentMs).toBeLessThanOrEqual(MINUTE);
  await time.pass(30 * MINUTE);
  for (const node of [a, b]) {
    expect(node.pollsOf('x')!.silentMs).toBeGreaterThan(30 * MINUTE);
    expect(node.pollsOf('x')!.silentMs).toBeLessThanOrEqual(31 * MINUTE);
  }
});

test('a node that starts later knows the run, and when it is polled again', async () => {
  const { a, b, time, start } = await twoNodes();
  for (const node of [a, b, a, b]) {
    node.recordPoll('x');
    await time.pass(MINUTE);
  }
  const c = await start();
  expect(c.pollsOf('x')).toMatchObject({ run: { polls: 4 }, isPolledSinceStart: false });
  b.recordPoll('x');
  await time.pass(MINUTE);
  expect(c.pollsOf('x')).toMatchObject({ run: { polls: 5 }, isPolledSinceStart: true });
});

test('the last polls are stored when a node stops', async () => {
  const { a, b, start } = await twoNodes();
  a.recordPoll('x');
  a.recordPoll('x');
  b.recordPoll('y');
  await Promise.all([a.close(), b.close()]);
  const c = await start();
  expect(c.pollsOf('x')!.run.polls).toBe(2);
  expect(c.pollsOf('y')!.run.polls).toBe(1);
});

test('polls in one span or one by one are the same run', () => {
  const times = [0, 5_000, 6_000, 30_000, 31_000, 60_000].map((ms) => START + ms);
  const first: PollRun = { polls: 3, intervalMs: 40_000, lastPollAt: START - 20_000 };
  const oneByOne = times.reduce((run, at) => afterPolls(run, pollAt(at)), first);
  const inOneSpan = afterPolls(first, times.map(pollAt).reduce(joinSpans));
  expect(inOneSpan.polls).toBe(9);
  expect(inOneSpan.lastPollAt).toBe(oneByOne.lastPollAt);
  expect(Math.abs(inOneSpan.intervalMs - oneByOne.intervalMs)).toBeLessThanOrEqual(2);
});

test('polls that arrive late do not end a run; a clock that is set back does', () => {
  const run: PollRun = { polls: 5, intervalMs: MINUTE, lastPollAt: START };
  expect(afterPolls(run, pollAt(START - 10_000))).toEqual({
    polls: 6,
    intervalMs: 0.75 * MINUTE,
    lastPollAt: START,
  });
  expect(afterPolls(run, pollAt(START - 60 * MINUTE)).polls).toBe(1);
});
