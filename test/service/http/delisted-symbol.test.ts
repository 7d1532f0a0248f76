import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

const MINUTE = 60_000;
let now = Date.parse('2026-11-26T00:01:00Z');
let service: TestService;
const request = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
  const answer = await service.app.inject({ method, url, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
};
const get = async (url: string) => (await request('GET', url)).body;
const post = (url: string, payload: object = {}) => request('POST', url, payload);

const openLot = (model_id: string) =>
  post('/paper/position/open', { model_id, side: 'long', size_usdt: 1000, leverage: 5 });

// Two accounts with a lot of a symbol that the exchange then has no longer, and one of another symbol.
beforeAll(async () => {
  service = await startTestService({
    now: () => now,
    changeRecording: (recording) => [recording, { ...recording, symbol: 'DOOMEDUSDT' }],
  });
  const parts = (await packageParts('alpha')).filter(([name]) => name !== 'manifest');
  const uploaded = await upload(service.app, [...parts, ['manifest', '{"symbol": "doomedusdt"}']]);
  expect(uploaded.json()).toMatchObject({ id: 'alpha', symbol_trades: true });
  await warmedUp(service.app, 'alpha');
  expect(await post('/paper/account/create', { model_id: 'doomed', symbol: 'DOOMEDUSDT' })).toMatchObject({
    status: 201,
  });
  for (const id of ['alpha', 'doomed', 'ppo_v1']) expect(await openLot(id)).toMatchObject({ status: 200 });
  service.exchange.delist('DOOMEDUSDT');
  now += 31 * MINUTE;
  await service.restart();
});
afterAll(() => service.close());

describe('an account whose symbol was delisted', () => {
  test.each([
    ...[
      'account/ID',
      'dashboard/ID',
      'positions/ID',
      'account/ID/performance',
      'account/ID/positions',
      'equity/ID',
    ],
    ...['ledger/ID', 'decisions/ID', 'trades/ID', 'attribution/ID', 'signal?model_id=ID'],
  ])('is readable at /paper/%s', async (path) => {
    for (const id of ['alpha', 'doomed'])
      expect([path, id, (await request('GET', `/paper/${path.replace('ID', id)}`)).status]).toEqual([
        path,
        id,
        200,
      ]);
  });

  test('is polled without a decision, and says why in the same words everywhere', async () => {
    const polled = await post('/paper/signal', { model_id: 'alpha' });
    expect(polled).toMatchObject({ status: 200, body: { decided: false, reason: 'STALE' } });
    expect(polled.body.actions.at(-1)).toMatch(/no linear perpetual "DOOMEDUSDT"/);
    const { reason, actions } = await get('/paper/signal?model_id=alpha');
    expect([reason, actions.at(-1)]).toEqual(['STALE', polled.body.actions.at(-1)]);
    expect(await get('/model-packages/alpha')).toMatchObject({ symbol_trades: false });
    expect(await get('/paper/account/doomed')).toMatchObject({ symbol_trades: false });
  });

  test('does not reach the answers about others, nor the readiness of the service', async () => {
    const { items } = await get('/paper/accounts');
    expect(items.map(({ model_id }: { model_id: string }) => model_id).sort()).toEqual([
      ...['paper_alpha', 'paper_doomed', 'paper_ppo_v1'],
    ]);
    expect(await request('GET', '/paper/compare')).toMatchObject({ status: 200 });
    await post('/paper/signal', { model_id: 'ppo_v1' });
    const ready = await request('GET', '/ready');
    expect(ready).toMatchObject({ status: 200, body: { parts: { market: { ready: true } } } });
  });

  test('closes at the last stored price, opens nothing, and its package can be archived and deleted', async () => {
    const account = await get('/paper/account/doomed');
    expect((await openLot('doomed')).body).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
    for (const id of ['alpha', 'doomed']) {
      const closed = await post(`/paper/account/${id}/close-all`);
      expect(closed).toMatchObject({ status: 200, body: { closed: [{ close_reason: 'MANUAL' }] } });
      expect(closed.body.closed[0].exit_reference).toBe(account.mark_price);
      expect((await get(`/paper/positions/${id}?status=open`)).positions).toEqual([]);
    }
    expect(await post('/model-packages/alpha/archive')).toMatchObject({ status: 200 });
    expect(await request('DELETE', '/model-packages/alpha')).toMatchObject({ status: 204 });
    expect(await get('/paper/account/alpha')).toMatchObject({
      model_package_id: 'alpha',
      symbol: 'DOOMEDUSDT',
    });
    expect(await request('DELETE', '/paper/account/doomed')).toMatchObject({
      status: 409,
      body: { code: 'ACCOUNT_STATE', detail: expect.stringMatching(/has traded/) },
    });
  });
});

describe('a symbol that the exchange does not have', () => {
  test('is refused at upload and at the creation of an account, with the closest names', async () => {
    const parts = (await packageParts('alpha')).filter(([name]) => name !== 'manifest' && name !== 'name');
    const mistyped = await upload(service.app, [
      ...parts,
      ['name', 'typo'],
      ['manifest', '{"symbol": "BTCUSTD"}'],
    ]);
    expect(mistyped.json()).toMatchObject({
      code: 'SYMBOL_UNKNOWN',
      detail: expect.stringMatching(/BTCUSTD.*BTCUSDT/),
    });
    expect((await request('GET', '/model-packages/typo')).status).toBe(404);
    const created = await post('/paper/account/create', { model_id: 'typo', symbol: 'BTCUSTD' });
    expect(created.body).toMatchObject({ code: 'SYMBOL_UNKNOWN', detail: expect.stringMatching(/BTCUSDT/) });
    expect((await request('GET', '/paper/account/typo')).status).toBe(404);
  });
});

describe('an account that exists', () => {
  test('is returned to who asks for the same, and refused with both values otherwise', async () => {
    const wanted = {
      model_id: 'fresh',
      symbol: 'btc/usdt',
      initial_balance: 5000,
      settings: { default_margin_pct: 3 },
    };
    expect(await post('/paper/account/create', wanted)).toMatchObject({ status: 201 });
    expect(await post('/paper/account/create', wanted)).toMatchObject({ status: 200 });
    expect(await post('/paper/account/create', { model_id: 'fresh' })).toMatchObject({ status: 200 });
    const other = await post('/paper/account/create', {
      ...{ model_id: 'fresh', initial_balance: 7000, max_positions: 3, settings: { default_margin_pct: 4 } },
    });
    expect(other).toMatchObject({ status: 409, body: { code: 'ACCOUNT_EXISTS' } });
    expect(other.body.detail).toMatch(
      /max_positions is 10, not 3; initial_balance is 5000, not 7000; settings\.default_margin_pct is 3, not 4/,
    );
    expect(await get('/paper/account/fresh')).toMatchObject({ initial_balance: 5000, max_positions: 10 });
  });

  test('and never traded can be deleted, and created with other values', async () => {
    expect(await request('DELETE', '/paper/account/fresh')).toMatchObject({ status: 204 });
    expect((await request('GET', '/paper/account/fresh')).status).toBe(404);
    expect(await request('DELETE', '/paper/account/fresh')).toMatchObject({ status: 404 });
    const again = await post('/paper/account/create', { model_id: 'fresh', initial_balance: 7000 });
    expect(again).toMatchObject({ status: 201, body: { initial_balance: 7000, total_equity: 7000 } });
    expect(await get('/paper/account/fresh/performance')).toMatchObject({ total_return_pct: 0 });
  });
});

test('after an order by hand before the first poll, GET, POST and the dashboard give one reason', async () => {
  await post('/paper/account/ppo_v1/close-all');
  await post('/paper/account/ppo_v1/reset');
  now += 16 * MINUTE;
  await openLot('ppo_v1');
  now += 4 * MINUTE;
  const told = await get('/paper/signal?model_id=ppo_v1');
  const { now: present } = await get('/paper/dashboard/ppo_v1');
  const { body: polled } = await post('/paper/signal', { model_id: 'ppo_v1' });
  expect([told.reason, present.code, polled.reason]).toEqual(['MISSED', 'MISSED', 'MISSED']);
  const [sentence] = told.actions;
  expect(polled.actions).toContain(sentence);
  expect(present.sentence).toContain(sentence);
});
