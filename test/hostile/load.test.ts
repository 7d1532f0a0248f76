import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, freshName, packageForm } from './http-client.ts';
import { amount, report } from './run-length.ts';
import { handlesOf, prepareService, type RunningService, residentOf, until } from './service-process.ts';

let service: RunningService;
beforeAll(async () => {
  service = await prepareService();
  await service.start();
  await until(
    'the default package is warm',
    async () => (await ask(`${service.url}/model-packages/ppo_v1`))?.body.warmup_status === 'DONE',
  );
});
afterAll(() => service.remove());

const READS = [
  ...[
    '/health',
    '/model-packages',
    '/model-packages/ppo_v1',
    '/paper/signal?model_id=ppo_v1',
    '/paper/account/ppo_v1',
  ],
  ...[
    '/paper/positions/ppo_v1',
    '/paper/ledger/ppo_v1',
    '/market/candles?symbol=BTCUSDT&limit=200',
    '/market/status',
  ],
  ...['/paper/decisions/ppo_v1', '/metrics', '/ready', '/paper/dashboard/ppo_v1'],
];

function run(seconds: number, connections: number) {
  return autocannon({
    url: service.url,
    connections,
    duration: seconds,
    requests: READS.map((path) => ({ path })),
  });
}

/** Uploads at once, every second of which goes away half-way. */
async function uploads(count: number): Promise<{ accepted: number; aborted: number }> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const away = new AbortController();
      const body = await packageForm(freshName('load'));
      if (index % 2 === 0) setTimeout(() => away.abort(), (index * 7) % 40);
      const url = `${service.url}/model-packages/upload`;
      const answer = await ask(url, { method: 'POST', body, signal: away.signal });
      return answer === undefined ? 'aborted' : `${answer.status} ${answer.body.code ?? ''}`;
    }),
  );
  expect(outcomes.filter((outcome) => !['aborted', '201 '].includes(outcome))).toEqual([]);
  return {
    accepted: outcomes.filter((outcome) => outcome === '201 ').length,
    aborted: outcomes.filter((outcome) => outcome === 'aborted').length,
  };
}

/** How long `/health` takes while everything else goes on, ms, from the fastest to the slowest. */
async function healthTimes(during: Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let over = false;
  void during.finally(() => {
    over = true;
  });
  while (!over) {
    const start = performance.now();
    await ask(`${service.url}/health`);
    times.push(performance.now() - start);
    await delay(20);
  }
  return times.sort((a, b) => a - b);
}

test('a hundred connections and fifty uploads end without an error, and leave nothing behind', async () => {
  const { pid } = service.process.child;
  await run(1, 20);
  await delay(500);
  const before = { handles: handlesOf(pid), memory: residentOf(pid) };
  const reads = Promise.resolve(run(amount(30, 3), 100));
  const health = healthTimes(reads);
  const sent = await uploads(50);
  const result = await reads;
  const times = await health;
  expect(result.errors + result.timeouts).toBe(0);
  expect(result.non2xx).toBe(0);
  expect(sent.accepted + sent.aborted).toBe(50);

  await until('handles back to the start', () => handlesOf(pid) <= before.handles + 5);
  const packages = (await ask(`${service.url}/model-packages`))!.body as unknown as { id: string }[];
  expect(packages.length).toBeGreaterThanOrEqual(sent.accepted + 1);
  expect(residentOf(pid)).toBeLessThan(before.memory + 400);
  report('load', {
    reads: result.requests.total,
    'per second': Math.round(result.requests.average),
    ...sent,
    'health p99 ms': Math.round(times[Math.floor(times.length * 0.99)] ?? 0),
    'handles before': before.handles,
    after: handlesOf(pid),
    'MB before': Math.round(before.memory),
    'MB after': Math.round(residentOf(pid)),
  });
}, 180_000);
