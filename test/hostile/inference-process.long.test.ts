// promise: docs/security.md "The process of the service computes no model"

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../helper/random.ts';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { waitUntil } from '../helper/wait.ts';
import { send } from './http-client.ts';
import { report } from './report.ts';

let service: RestartableService;
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
  const reply = await send(`${service.url}/ready`);
  return (reply!.body.parts as { inference: { facts: InferenceFacts } }).inference.facts;
}
const warmUpStatus = async () =>
  String((await send(`${service.url}/model-packages/ppo_v1`))!.body.warmup_status);
const decide = (equity: number) =>
  send(`${service.url}/paper/inference/v3`, {
    method: 'POST',
    json: {
      model_id: 'ppo_v1',
      symbol: 'BTCUSDT',
      current_price: 90_000,
      account_state: { equity, positions: [] },
    },
  });

test('requests survive kill -9 of the inference process, or are refused with Retry-After', async () => {
  const random = seededRandom(7);
  const rounds = 60;
  const statuses = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    const { pid, deaths } = await inference();
    const requests = Array.from({ length: 8 }, (_, index) => decide(10_000 + round * 100 + index));
    await delay(random() * 20);
    if (pid !== null) process.kill(pid, 'SIGKILL');
    for (const reply of await Promise.all(requests)) {
      expect([200, 503]).toContain(reply?.status);
      if (reply?.status === 503) expect(Number(reply.retryAfter)).toBeGreaterThan(0);
      statuses.set(reply!.status, (statuses.get(reply!.status) ?? 0) + 1);
    }
    await waitUntil('a request succeeds', async () => (await decide(9000 + round))?.status === 200);
    if (pid !== null) expect((await inference()).deaths).toBeGreaterThan(deaths);
    expect((await send(`${service.url}/health`))?.status).toBe(200);
  }
  expect(service.process.child.exitCode).toBe(null);
  report('inference process killed', {
    times: rounds,
    ...Object.fromEntries([...statuses].map(([status, n]) => [`status ${status}`, n])),
  });
});

test('a warm-up whose inference process is killed still completes', async () => {
  for (let round = 0; round < 10; round++) {
    expect((await send(`${service.url}/model-packages/ppo_v1/warmup`, { method: 'POST' }))?.status).toBe(202);
    const { pid } = await inference();
    if (pid !== null) process.kill(pid, 'SIGKILL');
    // The service retries a warm-up whose process was killed twice half a minute later.
    await waitUntil('the package is warm again', async () => (await warmUpStatus()) === 'DONE');
  }
}, 900_000);
