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

/** Looks until what is made in the background is there, and the accounts are not looked at again. */
async function remembered(): Promise<void> {
  let last = await service.services.compared();
  await expect
    .poll(async () => {
      const before = last;
      last = await service.services.compared();
      return last === before;
    })
    .toBe(true);
}

test('accounts and curves are looked at once, and again after whatever may change them', async () => {
  await ask('POST', '/paper/signal', { model_id: 'ppo_v1' });
  await remembered();
  const before = await compared();
  expect(before.status).toBe('ACTIVE');

  await ask('POST', '/paper/account/ppo_v1/pause');
  expect(await compared()).toMatchObject({ status: 'PAUSED' });
  await remembered();
  await ask('POST', '/paper/account/ppo_v1/resume');
  expect(await compared()).toMatchObject({ status: 'ACTIVE' });

  await remembered();
  await ask('POST', '/paper/position/open', { model_id: 'ppo_v1', side: 'Long', size_usdt: 300 });
  await remembered();
  const points = await curve();
  expect(await curve()).toEqual(points);
  now += 15 * MINUTE;
  await ask('POST', '/paper/signal', { model_id: 'ppo_v1' });
  const after = await curve();
  expect(after.length).toBeGreaterThan(points.length);
  expect((await compared()).performance.equity).toBe(after.at(-1).equity);
});
