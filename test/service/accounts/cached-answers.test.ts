import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccountRepository, type StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { createPackageRepository } from '../../../src/packages/package-repository.ts';
import type { PaperAccount } from '../../../src/trading/account.ts';
import { pause, resume } from '../../../src/trading/account-commands.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { waitFor } from '../../helper/wait.ts';

const MINUTE = 60_000;
/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T00:00:00Z');

let now = START + MINUTE;
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ now: () => now });
});
afterAll(() => service.close());

async function send(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await service.app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.json() };
}
async function succeed(...request: Parameters<typeof send>) {
  const { status, body } = await send(...request);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body;
}
const post = async (url: string, payload: object = {}) => (await send('POST', url, payload)).body;
const repeat = () => service.services.desk.poll({ modelId: 'ppo_v1' });

/** Changes the account as another process does. */
async function changeAccount(other: Database, change: (account: PaperAccount) => PaperAccount) {
  const accounts = createAccountRepository(other);
  const stored = (await accounts.find('paper_ppo_v1')) as StoredAccount;
  expect(await accounts.commit(stored, { account: change(stored.account) }, now)).toBeDefined();
}

/** Repeats a read until its answer comes from the cache: the same object as before. */
async function cached<T>(read: () => Promise<T>): Promise<T> {
  const readTwice = async () => [await read(), await read()] as const;
  const [answer] = await waitFor('an answer comes from the cache', readTwice, ([one, two]) => one === two);
  return answer;
}
const cachedAnswer = () => cached(repeat);
const cachedComparison = () => cached(() => service.services.statistics.comparedAccounts());

test('a repeated poll is answered from the cache, and anew after every change it depends on', async () => {
  await repeat();
  const first = await cachedAnswer();
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

  await cachedAnswer();
  const lots = first.overview.account.lots.length;
  const order = await post('/paper/position/open', { model_id: 'ppo_v1', side: 'Long', size_usdt: 300 });
  expect(order).toMatchObject({ status: 'OPEN' });
  expect((await repeat()).overview.account.lots).toHaveLength(lots + 1);

  await cachedAnswer();
  await post(`/paper/position/${order.id}/close`);
  const closed = await repeat();
  expect(closed.overview.account.lots).toHaveLength(lots);
  expect(closed.overview.counts.trades).toBe(first.overview.counts.trades + 1);

  await cachedAnswer();
  await post('/paper/account/ppo_v1/pause');
  expect((await repeat()).overview.account.status).toBe('PAUSED');
  await post('/paper/account/ppo_v1/resume');
  expect((await repeat()).overview.account.status).toBe('ACTIVE');

  await cachedAnswer();
  const other = await openDatabase(service.config.store);
  await changeAccount(other, pause);
  expect((await repeat()).overview.account.status).toBe('PAUSED');
  await changeAccount(other, resume);
  expect((await repeat()).overview.account.status).toBe('ACTIVE');
  await cachedAnswer();
  await createPackageRepository(other).update('ppo_v1', { notes: 'by another process' });
  expect((await repeat()).overview.model?.notes).toBe('by another process');
  await other.destroy();

  const before = await cachedAnswer();
  now += 3 * MINUTE;
  expect(await repeat()).not.toBe(before);

  await cachedAnswer();
  await post('/paper/account/ppo_v1/reset?keep_history=true');
  expect((await repeat()).overview).toMatchObject({ account: { epoch: 2, lots: [] }, counts: { trades: 0 } });

  now = START + 16 * MINUTE;
  expect(await repeat()).toMatchObject({ decided: true, asOf: START + 15 * MINUTE });
});

test('the comparison and equity curves are cached until something changes them', async () => {
  const compared = async () => (await succeed('GET', '/paper/compare')).items[0];
  const curve = async () => (await succeed('GET', '/paper/equity/ppo_v1')).items;
  await succeed('POST', '/paper/signal', { model_id: 'ppo_v1' });
  await cachedComparison();
  const before = await compared();
  expect(before.status).toBe('ACTIVE');

  await succeed('POST', '/paper/account/ppo_v1/pause');
  expect(await compared()).toMatchObject({ status: 'PAUSED' });
  await cachedComparison();
  await succeed('POST', '/paper/account/ppo_v1/resume');
  expect(await compared()).toMatchObject({ status: 'ACTIVE' });

  await cachedComparison();
  await succeed('POST', '/paper/position/open', { model_id: 'ppo_v1', side: 'Long', size_usdt: 300 });
  await cachedComparison();
  const points = await curve();
  expect(await curve()).toEqual(points);
  now += 15 * MINUTE;
  await succeed('POST', '/paper/signal', { model_id: 'ppo_v1' });
  const after = await curve();
  expect(after.length).toBeGreaterThan(points.length);
  expect((await compared()).performance.equity).toBe(after.at(-1).equity);
});
