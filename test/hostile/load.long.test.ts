import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import autocannon from 'autocannon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { packageForm } from '../helper/upload.ts';
import { waitUntil } from '../helper/wait.ts';
import { send, uniqueName } from './http-client.ts';
import { openHandles, residentMegabytes } from './process-usage.ts';
import { report } from './report.ts';

let service: RestartableService;
beforeAll(async () => {
  service = await prepareService({ isFirstStart: true });
  await service.start({ UPLOADS_AT_ONCE: '50' });
  await waitUntil(
    'the default package is warm',
    async () => (await send(`${service.url}/model-packages/ppo_v1`))?.body.warmup_status === 'DONE',
  );
});
afterAll(() => service.remove());

const READS = [
  '/health',
  '/model-packages',
  '/model-packages/ppo_v1',
  '/paper/signal?model_id=ppo_v1',
  '/paper/account/ppo_v1',
  '/paper/positions/ppo_v1',
  '/paper/ledger/ppo_v1',
  '/market/candles?symbol=BTCUSDT&limit=200',
  '/market/status',
  '/paper/decisions/ppo_v1',
  '/metrics',
  '/ready',
  '/paper/dashboard/ppo_v1',
];

function read(seconds: number, connections: number) {
  return autocannon({
    url: service.url,
    connections,
    duration: seconds,
    requests: READS.map((path) => ({ path })),
  });
}

/** Sends uploads at the same time; every second client disconnects midway. */
async function uploadMany(count: number): Promise<{ accepted: number; aborted: number }> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const disconnect = new AbortController();
      const body = await packageForm(uniqueName('load'));
      if (index % 2 === 0) setTimeout(() => disconnect.abort(), (index * 7) % 40);
      const url = `${service.url}/model-packages/upload`;
      const reply = await send(url, { method: 'POST', body, signal: disconnect.signal });
      return reply === undefined ? 'aborted' : `${reply.status} ${reply.body.code ?? ''}`;
    }),
  );
  expect(outcomes.filter((outcome) => !['aborted', '201 '].includes(outcome))).toEqual([]);
  return {
    accepted: outcomes.filter((outcome) => outcome === '201 ').length,
    aborted: outcomes.filter((outcome) => outcome === 'aborted').length,
  };
}

/** Runs in a thread: this process is busy with the requests of all the clients. */
const ASK_FOR_HEALTH = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { setTimeout: delay } = require('node:timers/promises');
  let isOver = false;
  parentPort.once('message', () => { isOver = true; });
  (async () => {
    const times = [];
    while (!isOver) {
      const start = performance.now();
      await (await fetch(workerData)).arrayBuffer();
      times.push(performance.now() - start);
      await delay(20);
    }
    parentPort.postMessage(times);
  })();`;

/** Times of `/health` while something else goes on, ms, ascending. */
async function measureHealth(during: Promise<unknown>): Promise<number[]> {
  const thread = new Worker(ASK_FOR_HEALTH, { eval: true, workerData: `${service.url}/health` });
  const answered = once(thread, 'message');
  await during.finally(() => thread.postMessage('over'));
  const [times] = (await answered) as [number[]];
  return times.sort((a, b) => a - b);
}

test('a hundred connections and fifty uploads cause no error and leave nothing behind', async () => {
  const { pid } = service.process.child;
  const handlesBefore = openHandles(pid);
  await read(1, 20);
  const megabytesBefore = residentMegabytes(pid);
  const reads = Promise.resolve(read(30, 100));
  const health = measureHealth(reads);
  const uploads = await uploadMany(50);
  const result = await reads;
  const times = await health;
  expect(result.errors + result.timeouts).toBe(0);
  expect(result.non2xx).toBe(0);
  expect(uploads.accepted + uploads.aborted).toBe(50);

  await waitUntil('handles are closed', () => openHandles(pid) <= handlesBefore + 5);
  const packages = (await send(`${service.url}/model-packages`))!.body as unknown as { id: string }[];
  expect(packages.length).toBeGreaterThanOrEqual(uploads.accepted + 1);
  expect(residentMegabytes(pid)).toBeLessThan(megabytesBefore + 400);
  report('load', {
    reads: result.requests.total,
    'per second': Math.round(result.requests.average),
    ...uploads,
    'health p99 ms': Math.round(times[Math.floor(times.length * 0.99)] ?? 0),
    'handles before': handlesBefore,
    after: openHandles(pid),
    'MB before': Math.round(megabytesBefore),
    'MB after': Math.round(residentMegabytes(pid)),
  });
});
