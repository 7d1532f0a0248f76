import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

const MINUTE = 60_000;
const DECISION_CANDLE = 15 * MINUTE;
/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T00:00:00Z');

let now = START + MINUTE;
let service: TestService;
const get = async (url: string) => (await service.app.inject(url)).json();
async function post(url: string, payload: object = {}, headers: Record<string, string> = {}) {
  const answer = await service.app.inject({ method: 'POST', url, payload, headers });
  return { status: answer.statusCode, body: answer.json() };
}
const poll = async (request: object = { model_id: 'ppo_v1' }) => (await post('/paper/signal', request)).body;

beforeAll(async () => {
  service = await startTestService({ now: () => now });
});
afterAll(() => service.close());

/** The balance of an account and the sum of its ledger. */
async function expectBalanced(modelId: string) {
  const account = await get(`/paper/account/${modelId}`);
  const { items } = await get(`/paper/ledger/${modelId}?limit=500`);
  const own = items.filter(({ epoch }: { epoch: number }) => epoch === account.epoch);
  const wallet = own.reduce(
    (sum: number, { amount_usdt }: { amount_usdt: number }) => sum + amount_usdt,
    account.initial_balance,
  );
  if (own.length > 0) expect(own[0].wallet_after).toBeCloseTo(wallet, 8);
  return { account, lines: own };
}

/** The parts of the result of the current epoch sum to its ledger and its open lots, in whatever groups. */
async function expectAttributed(modelId: string) {
  const units = (amount: number | null) => Math.round((amount ?? 0) * 1e8);
  const sum = (amounts: (number | null)[]) => amounts.reduce<number>((all, amount) => all + units(amount), 0);
  const { lines } = await expectBalanced(modelId);
  const { positions } = await get(`/paper/positions/${modelId}?status=open`);
  const { excursions, ...groupings } = await get(`/paper/attribution/${modelId}`);
  const ledger = sum(lines.map(({ amount_usdt }: { amount_usdt: number }) => amount_usdt));
  const open = sum(positions.map(({ unrealized_pnl_usdt }: Record<string, number>) => unrealized_pnl_usdt!));
  for (const groups of [{ total: groupings.total }, ...Object.values(groupings).slice(1)]) {
    const nets = Object.values(groups as Record<string, Record<string, number | null>>);
    expect(sum(nets.map(({ net_usdt }) => net_usdt!))).toBe(ledger + open);
    for (const { net_usdt, ...parts } of nets) {
      const money = Object.entries(parts).filter(([name]) => name.endsWith('_usdt'));
      expect(money).toHaveLength(8);
      expect(sum(money.map(([, amount]) => amount!))).toBe(units(net_usdt!));
    }
  }
  return { ...groupings, excursions };
}

describe('a package', () => {
  test('shows its decision without an account, and creates none', async () => {
    expect(await get('/paper/signal?model_id=paper_v3_ppo')).toMatchObject({ current_stats: null });
    expect((await get('/paper/compare')).items).toEqual([]);
  });

  test('gets its account at the first poll; polls decide once per candle', async () => {
    const first = await poll();
    expect(first).toMatchObject({
      model_id: 'paper_ppo_v1',
      symbol: 'BTCUSDT',
      decided: true,
      as_of: new Date(START).toISOString(),
      warmup_status: 'DONE',
      market_source: 'recorded',
    });
    now += MINUTE;
    const second = await poll();
    expect(second).toMatchObject({
      decided: false,
      reason: 'DECIDED',
      action: first.action,
      signal: first.signal,
      as_of: first.as_of,
    });
    now = START + DECISION_CANDLE + MINUTE;
    expect(await poll()).toMatchObject({
      decided: true,
      as_of: new Date(START + DECISION_CANDLE).toISOString(),
    });
  });

  test('has a row for every candle, MISSED where no poll came', async () => {
    now = START + 4 * DECISION_CANDLE + MINUTE;
    await poll();
    const { items } = await get('/paper/decisions/ppo_v1');
    expect(items.map(({ as_of }: { as_of: string }) => Date.parse(as_of))).toEqual(
      [4, 3, 2, 1, 0].map((quarter) => START + quarter * DECISION_CANDLE),
    );
    expect(items.map(({ reason }: { reason: string }) => reason === 'MISSED')).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    const curve = (await get('/paper/equity/ppo_v1')).items;
    expect(curve.map(({ time }: { time: string }) => Date.parse(time))).toEqual(
      [0, 1, 2, 3, 4].map((quarter) => START + quarter * DECISION_CANDLE),
    );
    expect(curve[0]).toMatchObject({ total_equity: 10_000, drawdown_pct: 0 });
    await expectBalanced('ppo_v1');
  });

  test('returns the evidence of a decision, and its stored forecast', async () => {
    const [row] = (await get('/paper/decisions/ppo_v1?limit=1')).items;
    expect(row.evidence).toMatchObject({
      inputs_hash: expect.any(String),
      raw_action: Array(5).fill(expect.any(Number)),
      account_vector: Array(9).fill(expect.any(Number)),
      timings_ms: { total: expect.any(Number) },
    });
    const kept = await get(`/paper/forecasts/ppo_v1?as_of=${row.as_of}`);
    expect(kept).toMatchObject({ symbol: 'BTCUSDT', as_of: row.as_of, price: expect.any(Number) });
    expect(kept.forecast_values).toHaveLength(192);
    for (const { step, low, mid, high } of row.evidence.quantiles) {
      const [keptLow, keptMid, keptHigh] = kept.forecast_values[step - 1];
      expect([keptLow, keptMid, keptHigh]).toEqual([low, mid, high]);
    }
    const missed = new Date(START + 2 * DECISION_CANDLE).toISOString();
    expect(await get(`/paper/forecasts/ppo_v1?as_of=${missed}`)).toMatchObject({
      status: 404,
      code: 'FORECAST_NOT_FOUND',
    });
    expect(await get('/paper/forecasts/nobody?as_of=2026-01-01T00:00:00Z')).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    expect(await get('/paper/forecasts/ppo_v1?as_of=x')).toMatchObject({ code: 'VALIDATION' });
  });

  test('has the price of its symbol along its equity curve', async () => {
    const { items } = await get('/paper/equity/ppo_v1');
    const { candles } = await get('/market/candles?symbol=BTCUSDT&limit=10');
    for (const { time, price, drawdown_pct } of items) {
      const candle = candles.find(({ close_time }: { close_time: string }) => close_time === time);
      expect(price).toBe(candle.close);
      expect(drawdown_pct).toBeGreaterThanOrEqual(0);
    }
  });

  test('refuses another symbol and a wrong price', async () => {
    expect(await poll({ model_id: 'ppo_v1', symbol: 'ETHUSDT' })).toMatchObject({ code: 'SYMBOL_MISMATCH' });
    expect(await poll({ model_id: 'ppo_v1', current_price: 1 })).toMatchObject({
      code: 'PRICE_OFF',
      status: 422,
    });
    expect(await poll({ model_id: 'nobody' })).toMatchObject({ code: 'MODEL_NOT_FOUND', status: 404 });
  });

  test('decides nothing while it is paused', async () => {
    expect((await post('/paper/account/ppo_v1/pause')).body.status).toBe('PAUSED');
    now += DECISION_CANDLE;
    expect(await poll()).toMatchObject({ decided: false, reason: 'PAUSED', action: 'HOLD' });
    expect((await post('/paper/account/ppo_v1/resume')).body.status).toBe('ACTIVE');
    expect(await poll()).toMatchObject({ decided: true });
  });
});

describe('an account without a package', () => {
  const id = 'paper_test_hf';

  test('is created by /create only, once', async () => {
    expect((await service.app.inject(`/paper/account/${id}`)).statusCode).toBe(404);
    const made = await post('/paper/account/create', { model_id: id, initial_balance: 5000 });
    expect(made).toMatchObject({
      status: 201,
      body: { model_id: id, balance_usdt: 5000, model_package_id: null },
    });
    expect((await post('/paper/account/create', { model_id: id })).status).toBe(200);
  });

  test('accepts external signals only', async () => {
    expect(await poll({ model_id: id })).toMatchObject({ reason: 'NO_MODEL', decided: false });
    const low = await poll({ model_id: id, signal: 'LONG', confidence: 59 });
    expect(low).toMatchObject({ reason: 'LOW_CONFIDENCE', decided: true });
    now += DECISION_CANDLE;
    const opened = await poll({ model_id: id, signal: 'LONG', confidence: 60 });
    expect(opened).toMatchObject({
      action: 'OPEN_LONG',
      opened_position: { side: 'Long', leverage: 7, status: 'OPEN', margin_usdt: 100, size_usdt: 700 },
      current_stats: { open_positions_count: 1 },
    });
    now += DECISION_CANDLE;
    const flipped = await poll({ model_id: id, signal: 'SHORT', confidence: 99 });
    expect(['FLIP', 'OPEN_SHORT']).toContain(flipped.action);
    await expectBalanced(id);
    const csv = await service.app.inject({ url: `/paper/trades/${id}`, headers: { accept: 'text/csv' } });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.split('\r\n')[0]).toMatch(/^id,symbol,side,/);
  });

  test('is executed without any poll', async () => {
    const before = await get(`/paper/positions/${id}?status=open`);
    expect(before.positions).toHaveLength(1);
    now += 3 * 24 * 60 * MINUTE;
    await expect
      .poll(async () => (await service.services.desk.accounts.find(id)).stored?.account.lots.length)
      .toBe(0);
    const { positions } = await get(`/paper/positions/${id}?status=closed&limit=1`);
    expect(positions[0]).toMatchObject({ id: before.positions[0].id, status: 'CLOSED' });
    const [trade] = (await get(`/paper/trades/${id}?limit=1`)).items;
    const { size_usdt, margin_usdt, entry_price, exit_price, mae_usdt, mae_pct, mfe_usdt } = trade;
    const gross = (size_usdt / entry_price) * (entry_price - exit_price);
    expect(trade).toMatchObject({ side: 'Short', excursions_code: null, mae_r: expect.any(Number) });
    expect(mae_usdt).toBeLessThanOrEqual(Math.min(0, gross) + 1e-8);
    expect(mfe_usdt).toBeGreaterThanOrEqual(Math.max(0, gross) - 1e-8);
    expect(mae_pct).toBeCloseTo((mae_usdt / margin_usdt) * 100, 8);
    const { by_side, by_confidence } = await expectAttributed(id);
    expect(Object.keys(by_side)).toContain('short');
    expect(Object.keys(by_confidence)).toEqual(['60', '90']);
  });

  test('opens and closes lots manually, once for each key', async () => {
    const order = { model_id: id, side: 'Long', size_usdt: 300, leverage: 5 };
    const key = { 'idempotency-key': 'one' };
    const first = await post('/paper/position/open', order, key);
    expect(first).toMatchObject({ status: 200, body: { status: 'OPEN', size_usdt: 300, origin: 'manual' } });
    now += MINUTE;
    expect((await post('/paper/position/open', order, key)).body.id).toBe(first.body.id);
    const closed = await post(`/paper/position/${first.body.id}/close`);
    expect(closed.body).toMatchObject({ id: first.body.id, status: 'CLOSED' });
    expect((await post('/paper/position/open', order, key)).body).toMatchObject({ status: 'CLOSED' });
    expect((await post('/paper/position/paper_test_hf.1.none/close')).body.code).toBe('POSITION_NOT_FOUND');
    expect((await expectAttributed(id)).by_confidence).toMatchObject({ none: { lots: 1, win_rate: null } });
  });

  test('starts again after a reset, with its history hidden or not', async () => {
    await post('/paper/position/open', { model_id: id, side: 'Short', size_usdt: 300 });
    const kept = (await get(`/paper/trades/${id}`)).items.length;
    const fresh = await post(`/paper/account/${id}/reset?keep_history=true`);
    expect(fresh.body).toMatchObject({ epoch: 2, balance_usdt: 5000, total_trades: 0 });
    expect((await get(`/paper/attribution/${id}`)).total).toMatchObject({ lots: 0, net_usdt: 0, code: null });
    const { items } = await get(`/paper/trades/${id}`);
    expect(items).toHaveLength(kept + 1);
    expect(items[0].close_reason).toBe('RESET');
    await post(`/paper/account/${id}/reset?keep_history=false`);
    expect((await get(`/paper/trades/${id}`)).items).toEqual([]);
  });

  test('has lists in pages', async () => {
    const whole = await get('/paper/decisions/ppo_v1?limit=500');
    const first = await get('/paper/decisions/ppo_v1?limit=3');
    const second = await get(`/paper/decisions/ppo_v1?limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items]).toEqual(whole.items.slice(0, 6));
    expect(await get('/paper/decisions/ppo_v1?cursor=x')).toMatchObject({ status: 400, code: 'VALIDATION' });
  });
});

test('dashboard, performance, price update and comparison', async () => {
  expect(await get('/paper/dashboard/ppo_v1')).toMatchObject({
    account: { model_id: 'paper_ppo_v1' },
    ml_signal: { model_id: 'paper_ppo_v1' },
    performance: { too_early: true },
  });
  const { items: rows } = await get('/paper/decisions/ppo_v1?limit=500');
  const decided = rows.filter((row: { decided: boolean }) => row.decided).length;
  expect(await get('/paper/account/ppo_v1/performance')).toMatchObject({
    ...{ initial_balance: 10_000, decided_pct: (decided / rows.length) * 100, partly_decided: true },
  });
  expect((await expectAttributed('ppo_v1')).total.lots).toBeGreaterThan(0);
  expect(await get('/paper/attribution/nobody')).toMatchObject({ status: 404, code: 'MODEL_NOT_FOUND' });
  const { items } = await get('/paper/compare');
  expect(items.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['too early', 'too early']);
  const off = await post('/paper/price-update', { model_id: 'ppo_v1', price: 1 });
  expect(off.body.code).toBe('PRICE_OFF');
});
