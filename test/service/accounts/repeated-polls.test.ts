import SqliteDatabase from 'better-sqlite3';
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

async function post(url: string, payload: object = {}) {
  return (await service.app.inject({ method: 'POST', url, payload })).json();
}
const repeat = () => service.services.desk.poll({ modelId: 'ppo_v1' });

/** Polls until the answer comes from memory: the very same object. */
async function remembered() {
  for (let attempt = 0; attempt < 200; attempt++) {
    const [one, two] = [await repeat(), await repeat()];
    if (one === two) return one;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('No poll was answered from memory.');
}

test('a repeated poll is answered from memory, and anew after whatever may change it', async () => {
  await repeat();
  const first = await remembered();
  expect(first.gate?.reason).toBe('DECIDED');

  expect(await post('/paper/signal', { model_id: 'ppo_v1', current_price: 1 })).toMatchObject({
    code: 'PRICE_OFF',
  });
  expect(await post('/paper/signal', { model_id: 'ppo_v1', symbol: 'ETHUSDT' })).toMatchObject({
    code: 'SYMBOL_MISMATCH',
  });
  expect(
    await service.services.desk.poll({ modelId: 'ppo_v1', currentPrice: first.overview.price ?? 0 }),
  ).not.toBe(first);
  const external = { source: 'external', direction: 'LONG', confidence: 90 } as const;
  expect(await service.services.desk.poll({ modelId: 'ppo_v1', external })).not.toBe(first);

  await remembered();
  const lots = first.overview.account.lots.length;
  const order = await post('/paper/position/open', { model_id: 'ppo_v1', side: 'Long', size_usdt: 300 });
  expect(order).toMatchObject({ status: 'OPEN' });
  expect((await repeat()).overview.account.lots).toHaveLength(lots + 1);

  await remembered();
  await post(`/paper/position/${order.id}/close`);
  const closed = await repeat();
  expect(closed.overview.account.lots).toHaveLength(lots);
  expect(closed.overview.counts.trades).toBe(first.overview.counts.trades + 1);

  await remembered();
  await post('/paper/account/ppo_v1/pause');
  expect((await repeat()).overview.account.status).toBe('PAUSED');
  await post('/paper/account/ppo_v1/resume');
  expect((await repeat()).overview.account.status).toBe('ACTIVE');

  await remembered();
  const other = new SqliteDatabase(service.config.databaseFile);
  other.exec(`update paper_accounts set status = 'PAUSED', revision = revision + 1`);
  expect((await repeat()).overview.account.status).toBe('PAUSED');
  other.exec(`update paper_accounts set status = 'ACTIVE', revision = revision + 1`);
  other.close();

  const before = await remembered();
  now += 3 * MINUTE;
  expect(await repeat()).not.toBe(before);

  await remembered();
  await post('/paper/account/ppo_v1/reset?keep_history=true');
  expect((await repeat()).overview).toMatchObject({ account: { epoch: 2, lots: [] }, counts: { trades: 0 } });

  now = START + 16 * MINUTE;
  expect(await repeat()).toMatchObject({ decided: true, asOf: START + 15 * MINUTE });
});
