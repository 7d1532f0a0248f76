import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { startPostgresServer } from '../../../simulator/postgres-server.ts';
import type { NodeRole } from '../../../src/cluster/cluster.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { startBoss } from '../../../src/jobs/boss.ts';
import { createJobRunRepository, MAX_DEATHS } from '../../../src/jobs/job-run-repository.ts';
import { type DueJob, type JobOptions, RepeatJob } from '../../../src/jobs/jobs.ts';
import { createPostgresJobs, type PostgresJobs } from '../../../src/jobs/postgres-jobs.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { runCommandHere } from '../../helper/command.ts';
import { collectingLog } from '../../helper/log.ts';
import { createTestDatabase, onServer } from '../../helper/postgres-databases.ts';
import { testCluster } from '../../helper/test-cluster.ts';
import { waitUntil } from '../../helper/wait.ts';

interface RunningJob {
  readonly key: string;
  readonly node: string;
  readonly signal: AbortSignal;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  isEnded: boolean;
}

let url: string;
let cluster: ReturnType<typeof testCluster>;
let runs: RunningJob[];
let due: DueJob[];
const log = collectingLog();

beforeEach(async () => {
  const created = await createTestDatabase(inject('postgresUrl')!);
  url = created.url;
  onTestFinished(created.drop);
  cluster = testCluster();
  runs = [];
  due = [];
  log.lines.length = 0;
});

/** A node whose jobs the test ends. */
async function startNode(id: string, changes: Partial<JobOptions> = {}, role: NodeRole = 'all') {
  const database = await openDatabase({ kind: 'postgres', url }, { connections: 4 });
  const parts = { database, url, timers: SYSTEM_TIMERS, log };
  const jobs = await createPostgresJobs({ ...parts, cluster: cluster.join(id, role) });
  const options = {
    ...{ kind: 'task', concurrency: 1, retries: 1, retryMs: 1000, limitMs: 60_000 },
    due: async () => due,
    ...changes,
  };
  let isClosing = false;
  const queue = jobs.queue(options, (key, signal) => {
    return new Promise<void>((resolve, reject) => {
      const ended = (settle: () => void) => () => {
        run.isEnded = true;
        settle();
      };
      const end = ended(resolve);
      const run = {
        key,
        node: id,
        signal,
        end,
        fail: (error: Error) => ended(() => reject(error))(),
        isEnded: false,
      };
      runs.push(run);
      // A job of a node that does not notice goes on.
      signal.addEventListener('abort', () => (key !== 'deaf' || isClosing) && end());
    });
  });
  await jobs.start();
  const close = async () => {
    isClosing = true;
    await jobs.close();
    await database.destroy();
  };
  onTestFinished(close);
  return { jobs, queue, database, close };
}

const running = () => runs.filter(({ isEnded }) => !isEnded);
const keysOf = (list: readonly RunningJob[]) => list.map(({ key }) => key).sort();

async function untilRuns(count: number): Promise<RunningJob> {
  await waitUntil(`${count} jobs have begun`, () => runs.length >= count);
  expect(runs).toHaveLength(count);
  return runs[count - 1]!;
}

async function untilCounts(jobs: PostgresJobs, waiting: number, active: number, dead = 0): Promise<void> {
  const expected = waiting + active + dead === 0 ? [] : [{ kind: 'task', waiting, running: active, dead }];
  await expect.poll(() => jobs.counts()).toEqual(expected);
}

describe('several nodes', () => {
  test('share the jobs; of a key one runs at a time, and a waiting one holds no other job up', async () => {
    const a = await startNode('a');
    const b = await startNode('b');
    await a.queue.send('x');
    const first = await untilRuns(1);
    for (const key of ['x', 'x', 'y', 'z']) await b.queue.send(key);
    await untilRuns(2);
    expect(keysOf(running())).toEqual(['x', 'y']);
    expect(new Set(running().map(({ node }) => node)).size).toBe(2);
    await untilCounts(a.jobs, 2, 2);
    first.end();
    await untilRuns(3);
    runs.at(-1)!.end();
    await untilRuns(4);
    for (const run of running()) run.end();
    await untilCounts(a.jobs, 0, 0);
    expect(keysOf(runs)).toEqual(['x', 'x', 'y', 'z']);
  });

  test('a node with the role api sends jobs and runs none', async () => {
    const api = await startNode('api', {}, 'api');
    await api.queue.send('x');
    await untilCounts(api.jobs, 1, 0);
    await startNode('worker', {}, 'worker');
    expect(await untilRuns(1)).toMatchObject({ node: 'worker' });
  });

  test('a job is cancelled on the node that runs it, or before it runs', async () => {
    const a = await startNode('a');
    await a.queue.send('x');
    const run = await untilRuns(1);
    await a.queue.send('y');
    const api = await startNode('api', {}, 'api');
    await api.queue.cancel('y');
    await api.queue.cancel('x');
    await waitUntil('the job is stopped', () => run.signal.aborted);
    await untilCounts(a.jobs, 0, 0);
    await a.queue.send('x');
    await untilRuns(2);
  });

  test('what is due is queued, unless it has a job', async () => {
    due.push({ key: 'x' }, { key: 'y' });
    const a = await startNode('a');
    await untilRuns(1);
    const b = await startNode('b');
    await untilRuns(2);
    await b.queue.send('z');
    await untilCounts(a.jobs, 1, 2);
  });

  test('a job waits for its time, and may be brought forward', async () => {
    const { queue, jobs } = await startNode('a');
    await queue.send('x', { afterMs: 3_600_000 });
    await untilCounts(jobs, 1, 0);
    expect(runs).toEqual([]);
    await queue.send('x');
    await untilRuns(1);
    await untilCounts(jobs, 0, 1);
  });
});

describe('a job', () => {
  test('that fails is repeated, then becomes a dead letter that can be repeated', async () => {
    const { jobs, queue } = await startNode('a');
    await queue.send('x');
    (await untilRuns(1)).fail(new Error('first'));
    (await untilRuns(2)).fail(new Error('second'));
    await untilCounts(jobs, 0, 0, 1);
    expect(log.lines.join('\n')).toMatch(/a job failed and is repeated.*given up/s);
    const [letter] = await jobs.deadLetters();
    expect(letter).toMatchObject({ kind: 'task', key: 'x', error: 'second', at: expect.any(Number) });
    due.push({ key: 'x' });
    await startNode('b');
    await untilCounts(jobs, 0, 0, 1);
    await jobs.repeat(letter!);
    await untilRuns(3);
    await untilCounts(jobs, 0, 1);
  });

  test.each([
    ['is to be repeated', new RepeatJob('not now')],
    ['loses the database', Object.assign(new Error('gone'), { code: 'ECONNRESET' })],
  ])('that %s is repeated as often as needed', async (_, error) => {
    const { jobs, queue } = await startNode('a', { retries: 0, retryMs: 1 });
    await queue.send('x');
    for (let attempt = 1; attempt <= 3; attempt++) (await untilRuns(attempt)).fail(error);
    (await untilRuns(4)).end();
    await untilCounts(jobs, 0, 0);
  });

  test('of a node that closes begins again on another one', async () => {
    const a = await startNode('a', { retries: 0 });
    await a.queue.send('x');
    await untilRuns(1);
    const b = await startNode('b', { retries: 0 });
    await a.close();
    expect(await untilRuns(2)).toMatchObject({ node: 'b' });
    runs[1]!.end();
    await untilCounts(b.jobs, 0, 0);
  });
});

test('the command lists dead letters, and repeats them', async () => {
  const { jobs, queue } = await startNode('a', { retries: 0 });
  for (const key of ['x', 'y']) {
    await queue.send(key);
    (await untilRuns(key === 'x' ? 1 : 2)).fail(new Error(`${key} is broken`));
  }
  await untilCounts(jobs, 0, 0, 2);
  const listed = await runCommandHere('dead-letters', [], { DATABASE_URL: url });
  expect(listed).toMatchObject({
    code: 0,
    err: 'Correct the cause, then queue them again: "paperdesk dead-letters --repeat".\n',
  });
  expect(listed.out).toMatch(
    /^\d{4}-\S+Z {2}task {2}x {2}x is broken\n\S+ {2}task {2}y {2}y is broken\n2 jobs failed too often\.\n$/,
  );
  await untilCounts(jobs, 0, 0, 2);
  const repeated = await runCommandHere('dead-letters', ['--repeat'], { DATABASE_URL: url });
  expect(repeated).toMatchObject({ code: 0, out: expect.stringContaining('Queued 2 jobs again.') });
  await waitUntil('one of them runs again', () => running().length === 1);
  running()[0]!.end();
  (await untilRuns(4)).end();
  await untilCounts(jobs, 0, 0);
  expect((await runCommandHere('dead-letters', [], { DATABASE_URL: url })).out).toBe(
    '0 jobs failed too often.\n',
  );
});

describe('the jobs of a node that is lost', () => {
  test('begin again at once, and the deaths do not count as failures', async () => {
    const observer = await startNode('api', {}, 'api');
    await observer.queue.send('deaf');
    const nodes = ['a', 'b', 'c', 'd'];
    for (const [index, id] of nodes.entries()) {
      await startNode(id, { retries: 0 });
      if (index > 0) cluster.lose(nodes[index - 1]!);
      expect(await untilRuns(index + 1)).toMatchObject({ node: id });
    }
    await untilCounts(observer.jobs, 0, 1);
  });

  test('become dead letters when nodes die of them again and again', async () => {
    const observer = await startNode('api', {}, 'api');
    await observer.queue.send('deaf');
    for (let death = 1; death <= MAX_DEATHS; death++) {
      await startNode(`node${death}`);
      expect(await untilRuns(death)).toMatchObject({ node: `node${death}` });
      cluster.lose(`node${death}`, false);
    }
    const { jobs } = await startNode('last');
    await untilCounts(jobs, 0, 0, 1);
    expect(log.lines.join('\n')).toContain('a job was given up: too many nodes died that ran it');
    const [letter] = await jobs.deadLetters();
    expect(letter).toMatchObject({ key: 'deaf', error: 'The nodes that ran it died, 5 times in all.' });
    // It has as many lives as in the beginning.
    await jobs.repeat(letter!);
    await untilRuns(MAX_DEATHS + 1);
    cluster.lose('last', false);
    await startNode('next');
    await untilRuns(MAX_DEATHS + 2);
  });

  test('what a paused node reports when it goes on is ignored, and its run is stopped', async () => {
    const a = await startNode('a');
    await a.queue.send('deaf');
    const paused = await untilRuns(1);
    const b = await startNode('b');
    cluster.lose('a');
    const taken = await untilRuns(2);
    expect(taken).toMatchObject({ node: 'b', key: 'deaf' });
    await waitUntil('the paused run is stopped', () => paused.signal.aborted);
    paused.end();
    await untilCounts(b.jobs, 0, 1);
    expect(taken.signal.aborted).toBe(false);
    taken.end();
    await untilCounts(b.jobs, 0, 0);
  });

  test('are found by a node that starts when no node saw it die', async () => {
    const a = await startNode('a');
    await a.queue.send('deaf');
    await untilRuns(1);
    cluster.lose('a', false);
    await startNode('b');
    expect(await untilRuns(2)).toMatchObject({ node: 'b' });
  });
});

describe('when connections break', () => {
  test('a job begins that the node took without getting the answer', async () => {
    const api = await startNode('api', {}, 'api');
    await api.queue.send('x');
    const boss = await startBoss(url, false, log);
    onTestFinished(() => boss.stop({ graceful: false }));
    expect(await createJobRunRepository(api.database, boss).take('task', 1, 'a')).toHaveLength(1);
    await startNode('a');
    (await untilRuns(1)).end();
    await untilCounts(api.jobs, 0, 0);
  });

  test('running jobs end, and waiting ones begin, without a restart', async () => {
    const { jobs, queue } = await startNode('a');
    await queue.send('x');
    const run = await untilRuns(1);
    await queue.send('y');
    const name = new URL(url).pathname.slice(1);
    await onServer(
      inject('postgresUrl')!,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    run.end();
    (await untilRuns(2)).end();
    await untilCounts(jobs, 0, 0);
  });

  test('jobs go on when PostgreSQL was restarted', async () => {
    // Migrations that are loaded for the first time would be idle in their transaction for too long.
    await (await openDatabase({ kind: 'sqlite', file: ':memory:' })).destroy();
    const server = await startPostgresServer();
    onTestFinished(() => server.remove());
    url = server.url;
    const { jobs, queue } = await startNode('a');
    await queue.send('x');
    const run = await untilRuns(1);
    await server.stop();
    run.end();
    await waitUntil('the outcome cannot be stored', () => log.lines.join().includes('could not be stored'));
    await queue.send('lost');
    expect(log.lines.join('\n')).toContain('the next check of the jobs queues it');
    await server.start();
    await waitUntil('the outcome is stored', async () => (await jobs.counts()).length === 0);
    await queue.send('y');
    (await untilRuns(2)).end();
    await untilCounts(jobs, 0, 0);
  });
});
