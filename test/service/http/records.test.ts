import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-26T00:00:00Z');
const ACCOUNT = 'ppo_v1';

let now = START + MINUTE;
let service: TestService;
const get = async (url: string) => (await service.app.inject(url)).json();
const status = async (url: string) => (await service.app.inject(url)).statusCode;
async function post(url: string, payload: object = {}) {
  const answer = await service.app.inject({ method: 'POST', url, payload });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}
const open = (side: string) => post('/paper/position/open', { model_id: ACCOUNT, side, size_usdt: 100 });
const close = ({ id }: { id: string }) => post(`/paper/position/${id}/close`);

beforeAll(async () => {
  service = await startTestService({ now: () => now });
  await post('/paper/signal', { model_id: ACCOUNT });
  const { positions } = await get(`/paper/positions/${ACCOUNT}?status=open`);
  for (const lot of positions) await close(lot);
  now += 3 * MINUTE;
  const first = await open('Long');
  const second = await open('Long');
  now += 3 * MINUTE;
  await close(first);
  now += 3 * MINUTE;
  await close(second);
  now += 3 * MINUTE;
  await open('Short');
});
afterAll(() => service.close());

describe('trades', () => {
  test('are counted, reached by number, sorted and filtered', async () => {
    const all = await get(`/paper/trades/${ACCOUNT}`);
    const { total } = all;
    expect(all).toMatchObject({ offset: 0, next_cursor: null });
    expect(all.items).toHaveLength(total);
    const last = await get(`/paper/trades/${ACCOUNT}?limit=1&offset=${total - 1}`);
    expect(last).toMatchObject({ total, offset: total - 1, next_cursor: null });
    expect(last.items).toEqual(all.items.slice(-1));
    const oldest = await get(`/paper/trades/${ACCOUNT}?sort=oldest&limit=1`);
    expect(oldest.items).toEqual(all.items.slice(-1));
    const next = await get(`/paper/trades/${ACCOUNT}?sort=oldest&limit=1&cursor=${oldest.next_cursor}`);
    expect(next).toMatchObject({ items: [all.items.at(-2)], offset: null, total });
    const results = (await get(`/paper/trades/${ACCOUNT}?sort=worst`)).items.map(
      ({ realized_pnl_usdt }: { realized_pnl_usdt: number }) => realized_pnl_usdt,
    );
    expect(results).toEqual([...results].sort((a, b) => a - b));
    expect((await get(`/paper/trades/${ACCOUNT}?side=Short`)).total).toBe(0);
    expect((await get(`/paper/trades/${ACCOUNT}?reason=MANUAL`)).total).toBe(total);
    expect((await get(`/paper/trades/${ACCOUNT}?from=2027-01-01T00:00:00Z`)).items).toEqual([]);
  });

  test('refuse a cursor together with an offset, or of another order', async () => {
    const { next_cursor } = await get(`/paper/trades/${ACCOUNT}?limit=1`);
    expect(await status(`/paper/trades/${ACCOUNT}?offset=1&cursor=${next_cursor}`)).toBe(400);
    expect(await status(`/paper/trades/${ACCOUNT}?sort=best&cursor=${next_cursor}`)).toBe(400);
    expect(await status(`/paper/trades/${ACCOUNT}?side=up`)).toBe(400);
  });

  test.each([
    ['/paper/trades/:id', { closedAt: 1.5, id: 'x' }],
    ['/paper/ledger/:id', { epoch: 1, sequence: 1e300 }],
    ['/paper/decisions/:id', { asOf: 2 ** 63 }],
    ['/paper/account/:id/positions', { epoch: 1e-7, position: 1 }],
    ['/paper/replays', { createdAt: 1.5, id: 'x' }],
  ])('of %s refuse a cursor with a number that no column has', async (url, cursor) => {
    const text = Buffer.from(JSON.stringify(cursor)).toString('base64url');
    expect(await status(`${url.replace(':id', ACCOUNT)}?cursor=${text}`)).toBe(400);
  });
});

describe('positions', () => {
  test('have all lots from flat to flat', async () => {
    const { items, total } = await get(`/paper/account/${ACCOUNT}/positions`);
    expect(items).toHaveLength(total);
    const [running, closed] = items;
    expect(running).toMatchObject({
      side: 'Short',
      status: 'OPEN',
      lots_count: 1,
      open_lots_count: 1,
      close_time: null,
    });
    expect(running.unrealized_pnl_usdt).toBeLessThan(0);
    expect(closed).toMatchObject({ side: 'Long', status: 'CLOSED', lots_count: 2, exits: { MANUAL: 2 } });
    const lots = (await get(`/paper/trades/${ACCOUNT}`)).items.filter(({ id }: { id: string }) =>
      closed.lot_ids.includes(id),
    );
    expect(lots).toHaveLength(2);
    const sum = lots.reduce((all: number, lot: Record<string, number>) => all + lot.realized_pnl_usdt!, 0);
    expect(closed.realized_pnl_usdt).toBeCloseTo(sum, 8);
    expect((await get(`/paper/account/${ACCOUNT}/positions?side=long&result=lost`)).items).toContainEqual(
      closed,
    );
    const { positions } = await get(`/paper/positions/${ACCOUNT}?status=open`);
    expect(running.unrealized_pnl_usdt).toBeCloseTo(positions[0].unrealized_pnl_usdt, 7);
  });
});

describe('charts', () => {
  test('have all closed lots of a range as lines', async () => {
    const { total } = await get(`/paper/trades/${ACCOUNT}`);
    const marks = await get(`/paper/marks/${ACCOUNT}`);
    expect(marks).toMatchObject({ total, days: null });
    const [position] = (await get(`/paper/account/${ACCOUNT}/positions?side=long`)).items;
    const own = marks.lots.filter(({ position_id }: { position_id: string }) => position_id === position.id);
    expect(own.map(({ id }: { id: string }) => id).sort()).toEqual([...position.lot_ids].sort());
    expect(await get(`/paper/marks/${ACCOUNT}?to=2020-01-01T00:00:00Z`)).toEqual({
      total: 0,
      lots: [],
      days: null,
    });
  });

  test('have the direction of each decision', async () => {
    const { items, threshold } = await get(`/paper/directions/${ACCOUNT}`);
    const [row] = (await get(`/paper/decisions/${ACCOUNT}?limit=1`)).items;
    expect(threshold).toBe(0.33);
    expect(items.at(-1)).toMatchObject({ as_of: row.as_of, signal: row.signal, confidence: row.confidence });
    expect(items.at(-1).direction).toBeCloseTo(Math.min(1, Math.max(-1, row.evidence.raw_action[0])), 12);
  });

  test('have equity on the grid of candles, with what holding made', async () => {
    now += 120 * MINUTE;
    const { items } = await get(`/paper/equity/${ACCOUNT}?timeframe=1h`);
    const times = items.map(({ time }: { time: string }) => time);
    expect(times).toEqual([
      '2026-11-26T00:00:00.000Z',
      '2026-11-26T01:00:00.000Z',
      '2026-11-26T02:00:00.000Z',
    ]);
    const whole = (await get(`/paper/equity/${ACCOUNT}`)).items;
    expect(items[1].total_equity).toBe(whole[4].total_equity);
    const worst = Math.max(...whole.slice(1, 5).map((point: Record<string, number>) => point.drawdown_pct!));
    expect(items[1].worst_drawdown_pct).toBe(worst);
    expect(items[0].holding_equity).toBe(10_000);
    expect(items[2].holding_equity).toBeCloseTo((10_000 * items[2].price) / items[0].price, 8);
  });

  test('have past forecasts, thinned, with what came of them', async () => {
    const { items, total } = await get(`/paper/forecasts/${ACCOUNT}?every=48h`);
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ as_of: '2026-11-26T00:00:00.000Z', step_seconds: 900, inside: null });
    expect(items[0].fan.at(-1)[0]).toBe(192);
    expect(items[0].fan.length).toBeLessThanOrEqual(26);
    const single = await get(`/paper/forecasts/${ACCOUNT}?as_of=${items[0].as_of}`);
    expect(items[0].fan[0]).toEqual([1, ...single.forecast_values[0]]);
    expect(await status(`/paper/forecasts/${ACCOUNT}?every=2d`)).toBe(400);
  });

  test('have candles that are made of stored ones, the last of which may be incomplete', async () => {
    const made = (await get('/market/candles?symbol=BTCUSDT&interval=1h&base=15m&limit=3')).candles;
    const parts = (await get('/market/candles?symbol=BTCUSDT&interval=15m&limit=12')).candles;
    const hour = made.find(({ complete }: { complete: boolean }) => complete);
    const own = parts.filter(
      ({ open_time }: { open_time: string }) => open_time >= hour.open_time && open_time < hour.close_time,
    );
    expect(own).toHaveLength(4);
    expect(hour).toMatchObject({ open: own[0].open, close: own[3].close });
    expect(hour.high).toBe(Math.max(...own.map(({ high }: { high: number }) => high)));
    const quarter = (
      await get(`/market/candles?symbol=BTCUSDT&interval=1h&base=15m&to=${own[0].open_time}&limit=1`)
    ).candles;
    expect(quarter).toMatchObject([{ open_time: hour.open_time, complete: true }]);
    expect(await status('/market/candles?symbol=BTCUSDT&interval=15m&base=1h')).toBe(400);
    expect(await status('/market/candles?symbol=BTCUSDT&interval=5m&base=3m')).toBe(400);
  });
});
