import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../helper/random.ts';
import { ask } from './http-client.ts';
import { amount, report } from './run-length.ts';
import { prepareService, type RunningService, until } from './service-process.ts';

let service: RunningService;
beforeAll(async () => {
  service = await prepareService();
  await service.start();
});
afterAll(() => service.remove());

interface InferenceFacts {
  readonly pid: number | null;
  readonly deaths: number;
}
async function inference(): Promise<InferenceFacts> {
  const answer = await ask(`${service.url}/ready`);
  return (answer!.body.parts as { inference: { facts: InferenceFacts } }).inference.facts;
}
const warmUp = async () => String((await ask(`${service.url}/model-packages/ppo_v1`))!.body.warmup_status);
const decide = (equity: number) =>
  ask(`${service.url}/paper/inference/v3`, {
    method: 'POST',
    json: {
      model_id: 'ppo_v1',
      symbol: 'BTCUSDT',
      current_price: 90_000,
      account_state: { equity, positions: [] },
    },
  });

test('an inference process that is killed takes no request and no service along', async () => {
  await until('the default package is warm', async () => (await warmUp()) === 'DONE');
  const random = seededRandom(7);
  const rounds = amount(60, 6);
  const statuses = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    const { pid, deaths } = await inference();
    const requests = Array.from({ length: 8 }, (_, index) => decide(10_000 + round * 100 + index));
    await delay(random() * 20);
    if (pid !== null) process.kill(pid, 'SIGKILL');
    for (const answer of await Promise.all(requests)) {
      expect([200, 503]).toContain(answer?.status);
      if (answer?.status === 503) expect(Number(answer.retryAfter)).toBeGreaterThan(0);
      statuses.set(answer!.status, (statuses.get(answer!.status) ?? 0) + 1);
    }
    await until('the next request succeeds', async () => (await decide(9000 + round))?.status === 200);
    if (pid !== null) expect((await inference()).deaths).toBeGreaterThan(deaths);
    expect((await ask(`${service.url}/health`))?.status).toBe(200);
  }
  expect(service.process.child.exitCode).toBe(null);
  report('inference process killed', {
    times: rounds,
    ...Object.fromEntries([...statuses].map(([status, n]) => [`status ${status}`, n])),
  });
}, 300_000);

test('a warm-up whose process is killed comes to its end', async () => {
  for (let round = 0; round < amount(10, 1); round++) {
    expect((await ask(`${service.url}/model-packages/ppo_v1/warmup`, { method: 'POST' }))?.status).toBe(202);
    const { pid } = await inference();
    if (pid !== null) process.kill(pid, 'SIGKILL');
    // A warm-up whose process died twice is tried again after half a minute.
    await until('warm again', async () => (await warmUp()) === 'DONE', 120);
  }
}, 900_000);
