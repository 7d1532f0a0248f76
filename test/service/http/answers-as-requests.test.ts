import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload } from '../../helper/upload.ts';

// What one route answers, another one takes as it is.

const ID = 'ppo_v1';
let now = Date.parse('2026-11-26T00:01:00Z');
let service: TestService;
const get = async (url: string) => {
  const answer = await service.app.inject(url);
  expect([url, answer.statusCode, answer.statusCode < 400 ? '' : answer.body]).toEqual([url, 200, '']);
  return answer.json();
};
async function post(url: string, payload: object, status = 200) {
  const answer = await service.app.inject({ method: 'POST', url, payload });
  expect([url, answer.statusCode, answer.statusCode < 400 ? '' : answer.body]).toEqual([url, status, '']);
  return answer.json();
}
const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

beforeAll(async () => {
  service = await startTestService({ now: () => now });
  await post('/paper/position/open', { model_id: ID, side: 'LONG', size_usdt: 1000, leverage: 5 });
  const second = await post('/paper/position/open', {
    model_id: ID,
    side: 'lOnG',
    size_usdt: 500,
    leverage: 2,
  });
  await post(`/paper/position/${second.id}/close`, {});
  now += 16 * 60_000;
});
afterAll(() => service.close());

describe('lots', () => {
  const infer = async (positions: unknown) => {
    const account_state = { equity: 10_000, positions };
    const body = { model_id: ID, symbol: 'btc/usdt:usdt', current_price: 90_000, account_state };
    return (await post('/paper/inference/v3', body)).debug.account_vector;
  };

  test('of the account, open and closed, are the positions that inference takes', async () => {
    const { positions } = await get(`/paper/positions/${ID}`);
    expect(positions.map(({ status }: { status: string }) => status)).toEqual(['OPEN', 'CLOSED']);
    const [open] = positions;
    const vector = await infer(positions);
    expect(vector.slice(0, 3)).toEqual([1, 1, expect.closeTo(open.margin_usdt / 10_000, 12)]);
    expect(vector[5]).toBe(1);
    const { entry_price, size_usdt, leverage, open_time } = open;
    expect(await infer([{ side: 'LONG', entry_price, size_usdt, leverage, opened_at: open_time }])).toEqual(
      vector,
    );
    const { open_positions } = await get(`/paper/dashboard/${ID}`);
    expect(await infer(open_positions)).toEqual(vector);
  });

  test('have sides that records can be filtered by, and ids that can be closed', async () => {
    const { positions } = await get(`/paper/positions/${ID}?status=closed`);
    const { items } = await get(`/paper/trades/${ID}?${query({ side: positions[0].side })}`);
    expect(items.map(({ id }: { id: string }) => id)).toEqual([positions[0].id]);
    const [position] = (await get(`/paper/account/${ID}/positions`)).items;
    const { closed } = await post(`/paper/account/${ID}/close-all`, { ids: position.lot_ids.slice(0, 1) });
    expect(closed).toMatchObject([{ id: position.lot_ids[0] }]);
  });
});

test('symbols, in any form, name the same market', async () => {
  const { symbols } = await get('/market/status');
  const [{ symbol }] = symbols;
  const candles = (name: string) => get(`/market/candles?${query({ symbol: name, limit: '3' })}`);
  const expected = await candles(symbol);
  for (const form of ['btcusdt', 'BTC/USDT', 'BTC/USDT:USDT', 'BTC-USDT']) {
    expect(await candles(form)).toEqual(expected);
    expect(await get(`/paper/signal?${query({ model_id: ID, symbol: form })}`)).toMatchObject({ symbol });
  }
  const manifest = JSON.stringify({ symbol: 'btc/usdt:usdt' });
  const parts = (await packageParts('alpha')).filter(([name]) => name !== 'manifest');
  const uploaded = await upload(service.app, [...parts, ['manifest', manifest]]);
  expect(uploaded.json()).toMatchObject({ id: 'alpha', manifest: { symbol: 'BTCUSDT' } });
});

test('times of candles and lots are times that ranges take, with or without a zone, and days', async () => {
  const { candles } = await get('/market/candles?symbol=BTCUSDT&limit=4');
  const [first, , third] = candles;
  const between = (from: string, to: string) =>
    get(`/market/candles?${query({ symbol: 'BTCUSDT', from, to, limit: '100' })}`);
  const expected = await between(first.open_time, third.open_time);
  expect(expected.candles).toHaveLength(3);
  const withoutZone = (time: string) => time.replace('T', ' ').slice(0, 16);
  expect(await between(withoutZone(first.open_time), withoutZone(third.open_time))).toEqual(expected);
  const day = await between('2026-11-25', '2026-11-26');
  expect(day.candles[0].open_time).toBe('2026-11-25T00:00:00.000Z');
  expect(day.candles).toHaveLength(97);
  const refused = await service.app.inject(`/paper/equity/${ID}?from=yesterday`);
  expect(refused.json()).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/from.*2026-11-01T12:00:00Z/),
  });
});

test('an account has the fields that create one like it, and a decision has a signal to poll with', async () => {
  const account = await get(`/paper/account/${ID}`);
  const { settings, symbol, initial_balance, max_positions, default_leverage } = account;
  const { profit_target_pct, time_limit_hours } = account;
  const like = { symbol, settings, initial_balance, max_positions, default_leverage, profit_target_pct };
  const copy = await post('/paper/account/create', { ...like, time_limit_hours, model_id: 'copy' }, 201);
  expect(copy).toMatchObject({ settings, symbol, initial_balance, max_positions });
  const { signal } = await get(`/paper/signal?model_id=${ID}`);
  const polled = await post('/paper/signal', {
    model_id: 'copy',
    signal: signal.toLowerCase(),
    confidence: 90,
  });
  expect(polled).toMatchObject({ signal });
});

test('a finished replay has the range and the settings that start one like it', async () => {
  const days = { from: '2026-11-24', to: '2026-11-25 00:00' };
  const first = (await post('/paper/replays', { model_id: ID, ...days }, 202)).items?.[0];
  const replay = first ?? (await get('/paper/replays')).items[0];
  const { model_id, from, to, initial_balance, settings } = await get(`/paper/replays/${replay.id}`);
  expect([from, to]).toEqual(['2026-11-24T00:00:00.000Z', '2026-11-25T00:00:00.000Z']);
  const { max_positions, default_leverage, profit_target_pct, time_limit_hours, ...rest } = settings;
  const limits = { max_positions, default_leverage, profit_target_pct, time_limit_hours };
  await post('/paper/replays', { model_id, from, to, initial_balance, settings: rest, ...limits }, 202);
});
