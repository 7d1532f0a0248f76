import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { warmedUp } from '../../helper/upload.ts';

const MINUTE = 60_000;
/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T00:00:00Z');

let now = START + MINUTE;
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ now: () => now });
  await warmedUp(service.app, 'ppo_v1');
});
afterAll(() => service.close());

async function ask(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await service.app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}
const compared = async () => (await ask('GET', '/paper/compare')).items[0];
const curve = async () => (await ask('GET', '/paper/equity/ppo_v1')).items;

/** Waits until background statistics are done, so that the comparison comes from the cache. */
async function cached(): Promise<void> {
  let last = await service.services.statistics.comparedAccounts();
  await expect
    .poll(async () => {
      const before = last;
      last = await service.services.statistics.comparedAccounts();
      return last === before;
    })
    .toBe(true);
}

test('the comparison and equity curves are cached until something changes them', async () => {
  await ask('POST', '/paper/signal', { model_id: 'ppo_v1' });
  await cached();
  const before = await compared();
  expect(before.status).toBe('ACTIVE');

  await ask('POST', '/paper/account/ppo_v1/pause');
  expect(await compared()).toMatchObject({ status: 'PAUSED' });
  await cached();
  await ask('POST', '/paper/account/ppo_v1/resume');
  expect(await compared()).toMatchObject({ status: 'ACTIVE' });

  await cached();
  await ask('POST', '/paper/position/open', { model_id: 'ppo_v1', side: 'Long', size_usdt: 300 });
  await cached();
  const points = await curve();
  expect(await curve()).toEqual(points);
  now += 15 * MINUTE;
  await ask('POST', '/paper/signal', { model_id: 'ppo_v1' });
  const after = await curve();
  expect(after.length).toBeGreaterThan(points.length);
  expect((await compared()).performance.equity).toBe(after.at(-1).equity);
});
