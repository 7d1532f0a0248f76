import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-26T00:00:00Z');
const ID = 'ppo_v1';

let now = START + MINUTE;
let service: TestService;
const get = async (url: string) => (await service.app.inject(url)).json();
async function post(url: string, payload: object = {}, headers: Record<string, string> = {}) {
  const answer = await service.app.inject({ method: 'POST', url, payload, headers });
  return { status: answer.statusCode, body: answer.json() };
}
const units = (amount: number) => Math.round(amount * 1e8);
const sumOf = (items: Record<string, number>[], field: string) =>
  items.reduce((sum, item) => sum + units(item[field] ?? 0), 0);

beforeAll(async () => {
  service = await startTestService({ now: () => now });
});
afterAll(() => service.close());

/** Ledger, open lots, equity and attribution of the account agree to the last digit. */
async function expectReconciled() {
  const account = await get(`/paper/account/${ID}`);
  const { items } = await get(`/paper/ledger/${ID}?limit=500`);
  const lines = items.filter(({ epoch }: { epoch: number }) => epoch === account.epoch);
  const { positions } = await get(`/paper/positions/${ID}?status=open`);
  const ledger = sumOf(lines, 'amount_usdt');
  const { total } = await get(`/paper/attribution/${ID}`);
  // Each open lot is rounded in the attribution.
  expect(
    Math.abs(units(total.net_usdt) - ledger - sumOf(positions, 'unrealized_pnl_usdt')),
  ).toBeLessThanOrEqual(positions.length);
  const equity = units(account.initial_balance) + ledger + sumOf(positions, 'unrealized_pnl_usdt');
  expect(Math.abs(units(account.total_equity) - equity)).toBeLessThanOrEqual(positions.length);
  return { account, lines, positions };
}

const openLot = async () =>
  (await post('/paper/position/open', { model_id: ID, side: 'Long', size_usdt: 1000, leverage: 5 })).body;

describe('actions by hand', () => {
  test('close a part once, with its reason, however often the request is repeated', async () => {
    const lot = await openLot();
    now += 3 * MINUTE;
    const close = () =>
      post(
        `/paper/position/${lot.id}/close`,
        { fraction: 0.25, reason: ' Less risk ' },
        { 'idempotency-key': 'one' },
      );
    const first = await close();
    expect(first).toMatchObject({
      status: 200,
      body: { part_of: lot.id, size_usdt: 250, close_reason: 'MANUAL' },
    });
    expect(await close()).toEqual(first);
    const { lines, positions } = await expectReconciled();
    expect(positions).toMatchObject([{ id: lot.id, size_usdt: 750 }]);
    const own = lines.filter(({ position_id }: { position_id: string }) => position_id === first.body.id);
    expect(own.map(({ kind, reason }: Record<string, string>) => [kind, reason])).toEqual([
      ['exit_fee', 'Less risk'],
      ['realised_pnl', 'Less risk'],
    ]);
    const [position] = (await get(`/paper/account/${ID}/positions`)).items;
    expect(position).toMatchObject({ status: 'OPEN', lots_count: 2, open_lots_count: 1 });
    const bySize = await post(`/paper/position/${lot.id}/close`, { size_usdt: 250 });
    expect(bySize.body).toMatchObject({ part_of: lot.id });
    expect(bySize.body.size_usdt).toBeCloseTo(250, 8);
    await expectReconciled();
  });

  test.each([
    [{ fraction: 1.5 }, 400],
    [{ fraction: 0.5, size_usdt: 10 }, 400],
    [{ size_usdt: 100_000 }, 400],
    [{ fraction: 0.0001 }, 409],
    [{ fraction: 0.5, reason: 'x'.repeat(201) }, 400],
    [{ fraction: 0.5, reason: 'a\u0000b' }, 400],
  ])('refuse to close %j', async (body, status) => {
    const [lot] = (await get(`/paper/positions/${ID}?status=open`)).positions;
    expect((await post(`/paper/position/${lot.id}/close`, body)).status).toBe(status);
  });

  test('move stop and target, which is a line of 0 in the ledger', async () => {
    const [lot] = (await get(`/paper/positions/${ID}?status=open`)).positions;
    const stop = lot.entry_price * 0.95;
    const edit = () => post(`/paper/position/${lot.id}/edit`, { stop_loss: stop, reason: 'Wider' });
    expect(await edit()).toMatchObject({
      status: 200,
      body: { stop_loss: stop, first_stop_loss: lot.stop_loss },
    });
    expect((await edit()).status).toBe(200);
    const { lines } = await expectReconciled();
    const edits = lines.filter(({ kind }: { kind: string }) => kind === 'edit');
    expect(edits).toMatchObject([{ amount_usdt: 0, position_id: lot.id, reason: 'Wider' }]);
    expect(edits[0].detail).toMatch(/^Moved stop from [\d.]+ to [\d.]+\.$/);
    const refused = await post(`/paper/position/${lot.id}/edit`, { take_profit: lot.entry_price * 0.9 });
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION' } });
    expect(refused.body.detail).toContain('its target above that price');
    expect((await post(`/paper/position/${lot.id}/edit`, { reason: 'Nothing' })).status).toBe(400);
    expect((await post('/paper/position/paper_ppo_v1.1.none/edit', { stop_loss: 1 })).status).toBe(404);
  });

  test('close all lots, and with their ids no later ones', async () => {
    const second = await openLot();
    const ids = (await get(`/paper/positions/${ID}?status=open`)).positions.map(
      ({ id }: { id: string }) => id,
    );
    expect(ids).toContain(second.id);
    const path = `/paper/account/${ID}/close-all`;
    const { body } = await post(path, { ids, reason: 'Going home' });
    expect(body.closed.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
    now += 3 * MINUTE;
    const later = await openLot();
    expect((await post(path, { ids })).body).toEqual({ closed: [] });
    expect((await post(path)).body.closed).toMatchObject([{ id: later.id }]);
    await expectReconciled();
  });
});

test('one mark is in all answers, and no drawdown is smaller than the loss that stands', async () => {
  const lot = await openLot();
  const dashboard = await get(`/paper/dashboard/${ID}`);
  const performance = await get(`/paper/account/${ID}/performance`);
  const account = await get(`/paper/account/${ID}`);
  const [listed] = (await get('/paper/accounts')).items;
  const { mark_price, mark_time, total_equity } = account;
  expect(mark_time).toBe(new Date(Math.floor(now / (3 * MINUTE)) * 3 * MINUTE).toISOString());
  expect(dashboard.account).toMatchObject({ mark_price, mark_time, total_equity });
  expect(listed).toMatchObject({ mark_price, mark_time, total_equity, model_id: account.model_id });
  for (const figures of [dashboard.performance, performance]) expect(figures.total_equity).toBe(total_equity);
  const unrealized = ((mark_price - lot.entry_price) / lot.entry_price) * lot.size_usdt;
  expect(dashboard.open_positions[0].unrealized_pnl_usdt).toBeCloseTo(unrealized, 8);
  const loss = -performance.total_return_pct;
  expect(loss).toBeGreaterThan(0);
  expect(performance.max_drawdown_pct).toBeGreaterThanOrEqual(loss);
  expect(listed.drawdown_pct).toBeGreaterThanOrEqual(loss - 1e-9);
});

test('the dashboard says what is decided now, by which rules, and when the next candle closes', async () => {
  now += 15 * MINUTE;
  await post('/paper/signal', { model_id: ID });
  const { now: present, next_decision_at, rules, ml_signal } = await get(`/paper/dashboard/${ID}`);
  const [row] = (await get(`/paper/decisions/${ID}?limit=1`)).items;
  expect(present).toMatchObject({ as_of: row.as_of, agreement_pct: row.confidence });
  expect(present.direction).toBeCloseTo(Math.min(1, Math.max(-1, row.evidence.raw_action[0])), 6);
  expect(present.code).toBe(row.reason ?? 'OPENED');
  expect(present.sentence).toMatch(/^(Long|Short|Flat): direction \u2212?\d\.\d+/);
  expect(Date.parse(next_decision_at) - Date.parse(row.as_of)).toBe(15 * MINUTE);
  expect(rules).toMatchObject({
    direction_threshold: 0.33,
    max_positions: 10,
    others: { min_confidence: 60 },
  });
  expect(rules.policy.leverage).toBe(ml_signal.diagnostics.leverage);
  await post(`/paper/account/${ID}/pause`);
  expect((await get(`/paper/dashboard/${ID}`)).now).toMatchObject({
    code: 'PAUSED',
    sentence: expect.stringMatching(/^Paused since \d\d:\d\d\. Exits still work\.$/),
  });
  await post(`/paper/account/${ID}/resume`);
});

test('a loop is seen from its first poll on', async () => {
  const { accounts } = await get('/api/system');
  expect(accounts).toMatchObject([{ model_id: 'paper_ppo_v1', loop: 'starting' }]);
});

test('after a reset, no answer tells the decision of before as the present one', async () => {
  await post(`/paper/account/${ID}/reset`);
  const { body } = await post('/paper/signal', { model_id: ID });
  expect(body).toMatchObject({ decided: false, reason: 'DECIDED', action: 'HOLD', signal: null });
  expect(body.actions.join(' ')).not.toContain('Opened');
  expect((await get(`/paper/dashboard/${ID}`)).now.code).toBe('UNDECIDED');
  expect((await get('/paper/accounts')).items).toMatchObject([{ last_decision: null, open_lots_count: 0 }]);
  expect((await get(`/paper/decisions/${ID}?epoch=2`)).total).toBe(0);
});

test('all accounts are in one answer, worst first, with their totals', async () => {
  await post('/paper/account/create', { model_id: 'rich', initial_balance: 50_000 });
  await post('/paper/account/create', { model_id: 'idle' });
  await post('/paper/account/rich/pause');
  await post('/paper/position/open', { model_id: 'idle', side: 'Short', size_usdt: 5000 });
  const { items, totals } = await get('/paper/accounts');
  expect(items.map(({ rank, model_id }: { rank: number; model_id: string }) => [rank, model_id])).toEqual([
    [1, 'paper_idle'],
    [2, 'paper_ppo_v1'],
    [3, 'paper_rich'],
  ]);
  expect(items[0]).toMatchObject({ open_lots_count: 1, side: 'Short', package_name: null, loop: 'none' });
  expect(totals).toMatchObject({
    ...{ accounts: 3, by_status: { ACTIVE: 2, PAUSED: 1, KILLED: 0 }, with_open_lots: 1 },
  });
  const names = (await get('/paper/accounts?sort=name')).items.map(
    ({ model_id }: { model_id: string }) => model_id,
  );
  expect(names).toEqual(['paper_idle', 'paper_ppo_v1', 'paper_rich']);
});

test('prices come with the events, without an id', async () => {
  const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
  const away = new AbortController();
  const answer = await fetch(`${address}/events?prices=BTCUSDT`, { signal: away.signal });
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/event: price\ndata: .*\n\n/.test(text)) break;
  }
  away.abort();
  const price = /(.*\n)event: price\ndata: (.*)\n\n/.exec(text)!;
  expect(price[1]).not.toContain('id:');
  expect(JSON.parse(price[2]!)).toMatchObject({ symbol: 'BTCUSDT', market_source: 'recorded' });
  const tooMany = Array.from({ length: 21 }, (_, index) => `S${index}USDT`).join(',');
  expect((await fetch(`${address}/events?prices=${tooMany}`)).status).toBe(400);
});
