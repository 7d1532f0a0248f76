import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';
import { waitFor } from '../../helper/wait.ts';

const MINUTE = 60_000;
/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T06:00:00Z');
const QUARTERS = 32;
/** No poll comes on these candles. */
const UNPOLLED = new Set([3, 7, 8, 20, 25]);
const END = START + QUARTERS * DECISION_CANDLE_MS;

let now = START + MINUTE;
let service: TestService;
const iso = (time: number) => new Date(time).toISOString();
const RANGE = { model_id: 'ppo_v1', from: iso(START), to: iso(END) };

async function send(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
  const answer = await service.app.inject({
    ...{ method, url },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body ? answer.json() : null };
}
const get = async (url: string) => (await send('GET', url)).body;

function finished(id: string) {
  const read = () => get(`/paper/replays/${id}`);
  return waitFor('the replay ends', read, ({ state }) => !['QUEUED', 'RUNNING'].includes(state));
}

/** Waits until a replay has decided on some candles, and not on all. */
async function underWay(id: string) {
  const state = async () => {
    const replay = await get(`/paper/replays/${id}`);
    return replay.progress.done > 0 && replay.progress.phase;
  };
  await expect.poll(state, { interval: 20 }).toBe('DECIDING');
}

async function replayed(changes: object = {}) {
  const { status, body } = await send('POST', '/paper/replays', { ...RANGE, ...changes });
  expect(status, JSON.stringify(body)).toBe(202);
  return finished(body.id);
}

/** A ledger, oldest line first, with the id of the account removed from other ids. */
async function ledgerOf(url: string, id: string) {
  const { items, next_cursor } = await get(`${url}?limit=500`);
  expect(next_cursor).toBeNull();
  const own = (text: string | null) => text?.replace(id, '') ?? null;
  return items.reverse().map((line: { id: string; position_id: string | null }) => ({
    ...line,
    ...{ id: own(line.id), position_id: own(line.position_id) },
  }));
}

/** Polls on most candles, as a loop does that is stopped at times. */
async function live() {
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    if (UNPOLLED.has(quarter)) continue;
    now = START + quarter * DECISION_CANDLE_MS + MINUTE;
    const polled = await send('POST', '/paper/signal', { model_id: 'ppo_v1' });
    expect(polled.body).toMatchObject({ decided: true });
  }
  now = END + 2 * MINUTE;
}

beforeAll(async () => {
  service = await startTestService({ now: () => now });
  const account = { model_id: 'ppo_v1', initial_balance: 25_000, settings: { opposite: 'hold' } };
  expect((await send('POST', '/paper/account/create', account)).status).toBe(201);
  await live();
});
afterAll(() => service.close());

describe('a replay over candles that a live account traded', () => {
  const decided = Array.from({ length: QUARTERS }, (_, quarter) => quarter)
    .filter((quarter) => !UNPOLLED.has(quarter))
    .map((quarter) => iso(START + quarter * DECISION_CANDLE_MS));

  test.each([
    ['a list of candles', decided],
    ["the account's decided candles", 'account'],
  ])('by %s has the same ledger', async (_, candles) => {
    const replay = await replayed({ decided: candles, label: 'as it was' });
    expect(replay).toMatchObject({
      state: 'DONE',
      kind: 'replay',
      label: 'as it was',
      market_source: 'recorded',
      initial_balance: 25_000,
      settings: { opposite: 'hold', max_positions: 10 },
      decided_candles: decided.length,
      progress: { done: QUARTERS, total: QUARTERS, pct: 100, phase: null },
      forecasts: { computed: 0, known: decided.length },
      error: null,
    });
    const lines = await ledgerOf(`/paper/replays/${replay.id}/ledger`, replay.id);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines).toEqual(await ledgerOf('/paper/ledger/ppo_v1', 'paper_ppo_v1'));
    expect(replay.result.reasons.MISSED).toBe(UNPOLLED.size);
  });

  test('has the same decisions, trades, equity and performance', async () => {
    const { items } = await get('/paper/replays');
    const { id, result } = items.at(-1);
    const rows = await get(`/paper/replays/${id}/decisions?limit=500`);
    const own = await get('/paper/decisions/ppo_v1?limit=500');
    const what = ({ as_of, action, reason, confidence, evidence }: Record<string, unknown>) => {
      const { inputs_hash, raw_action, quantiles, account_vector } = (evidence ?? {}) as never;
      return { as_of, action, reason, confidence, inputs_hash, raw_action, quantiles, account_vector };
    };
    expect(rows.items.map(what)).toEqual(
      own.items.filter(({ as_of }: { as_of: string }) => Date.parse(as_of) < END).map(what),
    );
    const curve = await get(`/paper/replays/${id}/equity`);
    const ownCurve = await get(`/paper/equity/ppo_v1?to=${iso(END)}`);
    expect(curve.items).toEqual(ownCurve.items);
    const trades = await get(`/paper/replays/${id}/trades?limit=500`);
    expect(trades.items.length).toBe(result.performance.total_trades);
    const csv = await service.app.inject({
      url: `/paper/replays/${id}/trades`,
      headers: { accept: 'text/csv' },
    });
    expect(csv.body.split('\r\n')).toHaveLength(trades.items.length + 2);
    const live = await get('/paper/account/ppo_v1/performance');
    for (const figure of ['total_fees_paid', 'max_drawdown_pct', 'sharpe', 'by_exit_reason', 'total_trades'])
      expect(result.performance[figure]).toEqual(live[figure]);
    expect(result.performance).toMatchObject({
      decided_pct: (decided.length / QUARTERS) * 100,
      partly_decided: true,
    });
    const origin = await get(`/paper/replays/${id}/attribution`);
    const { total } = origin;
    expect(total.net_usdt).toBeCloseTo(result.performance.total_return_usdt, 7);
    expect(total.closed).toBe(result.performance.total_trades);
    expect(-total.fees_usdt).toBeCloseTo(result.performance.total_fees_paid, 7);
    expect((await get('/paper/attribution/ppo_v1')).by_confidence).toMatchObject(
      Object.fromEntries(
        Object.entries(origin.by_confidence as object).map(([key, { lots }]) => [key, { lots }]),
      ),
    );
    expect((await get('/paper/replays/nothing/attribution')).code).toBe('REPLAY_NOT_FOUND');
    const positions = await get(`/paper/replays/${id}/position-results`);
    expect(positions).toEqual(await get(`/paper/position-results/ppo_v1?to=${iso(END)}`));
    expect(positions.items).toHaveLength(result.performance.counts.positions);
    const net = positions.items.reduce((sum: number, one: { net_usdt: number }) => sum + one.net_usdt, 0);
    expect(net).toBeCloseTo(total.net_usdt, 7);
    expect((await get(`/paper/replays/${id}/position-results?to=2020-01-01T00:00:00Z`)).items).toEqual([]);
    expect((await get('/paper/replays/nothing/position-results')).code).toBe('REPLAY_NOT_FOUND');
    expect(result.performance.worth).toEqual(live.worth);
    expect(live.worth).toMatchObject({ code: 'TOO_EARLY', sentence: expect.stringMatching(/of 30 days\.$/) });
    const excursions = ({ mae_usdt, mfe_usdt, excursions_code }: Record<string, unknown>) => {
      return { mae_usdt, mfe_usdt, excursions_code };
    };
    const ownTrades = await get('/paper/trades/ppo_v1?limit=500');
    expect(trades.items.map(excursions)).toEqual(ownTrades.items.map(excursions));
    expect(result.forecast_quality.forecasts).toBe(decided.length);
    expect(live.forecast_quality).toMatchObject({ forecasts: decided.length });
  });
});

describe('replays', () => {
  test('compute missing forecasts once', async () => {
    const from = iso(START - 5 * DECISION_CANDLE_MS);
    const first = await replayed({ from, initial_balance: 1000, settings: { funding: false } });
    expect(first).toMatchObject({
      decided_candles: null,
      initial_balance: 1000,
      settings: { funding: false, opposite: 'hold' },
      forecasts: { computed: 5 + UNPOLLED.size },
      quarters_incomplete: 0,
      quarters_incomplete_pct: 0,
    });
    const second = await replayed({ from, initial_balance: 1000, settings: { funding: false } });
    expect(second.forecasts).toEqual({ computed: 0, known: QUARTERS + 5 });
    expect(second.result).toEqual(first.result);
    const { candles_checked } = first.result.look_ahead;
    expect(candles_checked).toBe(QUARTERS + 5);
    expect(first.result.look_ahead).toEqual({
      candles_checked,
      candles_equal: candles_checked,
      first_difference: null,
    });
  });

  test('are compared with what the same range gives otherwise', async () => {
    const original = await replayed();
    const { id } = original;
    const before = await get('/paper/replays');
    expect((await send('POST', '/paper/replays/nobody/counterfactuals')).body.code).toBe('REPLAY_NOT_FOUND');
    const requested = await send('POST', `/paper/replays/${id}/counterfactuals`);
    expect(requested).toMatchObject({ status: 202, body: { id, counterfactuals: { total: 22, failed: 0 } } });
    const whole = await waitFor(
      'the counterfactuals end',
      () => get(`/paper/replays/${id}`),
      ({ counterfactuals }) => counterfactuals.done === 22,
    );
    const { no_stops, sign_of_median, random_entries } = whole.counterfactuals;
    expect(no_stops.sentence).toMatch(/without stops and targets: .+ %$/);
    expect(sign_of_median.sentence).toMatch(/^the same forecasts with the simplest policy: .+ %$/);
    expect(sign_of_median.comparison).toMatchObject({ withheld: 'FEW_DAYS', p: null, adjusted_p: null });
    expect(random_entries.total_return_pct).toHaveLength(20);
    expect(random_entries.sentence).toMatch(
      /^ended ahead of \d+ of 20 accounts that entered at random as often$/,
    );
    expect(await get('/paper/replays')).toEqual(before);

    const { items } = await get(`/paper/replays/${id}/counterfactuals`);
    expect(items.map(({ state }: { state: string }) => state)).toEqual(Array(22).fill('DONE'));
    const again = await send('POST', `/paper/replays/${id}/counterfactuals`);
    expect(again.body.counterfactuals).toEqual(whole.counterfactuals);
    expect((await send('POST', `/paper/replays/${items[0].id}/counterfactuals`)).body).toMatchObject({
      code: 'REPLAY_STATE',
    });
    // Another one is that without funding, above.
    expect(original.result.performance.trials.counted).toBe(2);
    expect(whole.result.performance.trials).toEqual(original.result.performance.trials);
    expect((await send('DELETE', `/paper/replays/${id}`)).status).toBe(204);
    for (const one of [items[0], items[21]])
      expect((await get(`/paper/replays/${one.id}`)).code).toBe('REPLAY_NOT_FOUND');
  });

  test('do not change the live account, and are compared separately', async () => {
    const { items } = await get('/paper/compare');
    expect(items.map(({ kind, model_id }: Record<string, string>) => [kind, model_id])).toEqual([
      ['live', 'paper_ppo_v1'],
    ]);
    const all = await get('/paper/compare?kind=all');
    expect(all.items[0].kind).toBe('live');
    const others = all.items.slice(1);
    expect(others).toHaveLength(4);
    for (const other of others)
      expect(other).toMatchObject({
        kind: 'replay',
        replay: { market_source: 'recorded' },
        verdict: 'too early',
      });
    expect((await get('/paper/compare?kind=replay')).items).toEqual(others);
    expect((await get('/model-packages')).length).toBe(1);
  });

  test('are compared in pairs where they have one range', async () => {
    const { items } = await get('/paper/compare?kind=replay');
    const ids = items.map(({ replay }: { replay: { id: string } }) => replay.id);
    const rangeOf = ({ replay }: { replay: { from: string; to: string } }) => `${replay.from} ${replay.to}`;
    const others = items.slice(1);
    const equal = others.find((one: never) => rangeOf(one) === rangeOf(items[0]));
    const different = others.find((one: never) => rangeOf(one) !== rangeOf(items[0]));
    const { pairs } = await get(`/paper/compare/pairs?replays=${ids[0]},${equal.replay.id}`);
    expect(pairs).toEqual([
      {
        ...{ a: expect.any(String), b: expect.any(String), days: expect.any(Number) },
        active_days: expect.any(Number),
        ...{ withheld: 'FEW_DAYS', difference: null, verdict: null },
        sentence: expect.stringMatching(/^They have \d whole days in common; 30 are needed/),
        weeks_to_tell: Math.ceil((30 - pairs[0].days) / 7),
      },
    ]);
    const refused = await get(`/paper/compare/pairs?replays=${ids[0]},${different.replay.id}`);
    expect(refused).toMatchObject({
      code: 'REPLAY_RANGE',
      detail: expect.stringContaining('one symbol and range'),
    });
    for (const query of [
      '',
      '?models=alpha',
      '?models=alpha,paper_alpha',
      '?models=a,b&replays=c,d',
      '?models=,',
      '?models=1,2,3,4,5,6,7,8',
    ])
      expect((await get(`/paper/compare/pairs${query}`)).status).toBe(400);
    expect(await get('/paper/compare/pairs?models=v3_ppo,nobody')).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      detail: expect.stringContaining('"paper_nobody"'),
    });
  });

  test.each([
    ['ends in the future', { to: iso(END + 3_600_000) }, 422, 'REPLAY_RANGE', 'what has not been'],
    [
      'ends before it starts',
      { to: iso(START - DECISION_CANDLE_MS) },
      422,
      'REPLAY_RANGE',
      'no candle of 15m opens and closes',
    ],
    [
      'is too long',
      { from: '2023-11-26T00:00:00Z' },
      422,
      'REPLAY_RANGE',
      '1097 days; a replay may have 731',
    ],
    [
      'decides between candles',
      { decided: [iso(START + MINUTE)] },
      422,
      'REPLAY_RANGE',
      'no candle of 15m closes',
    ],
    ['decides outside', { decided: [iso(END)] }, 422, 'REPLAY_RANGE', 'orders are filled where'],
    ['is of nobody', { model_id: 'nobody' }, 404, 'MODEL_NOT_FOUND', 'nobody'],
    ['has no time', { from: 'yesterday' }, 400, 'VALIDATION', ''],
    ['is of one and of several', { model_ids: ['ppo_v1'] }, 400, 'VALIDATION', 'either'],
    ['is of no package', { model_id: undefined }, 400, 'VALIDATION', 'either'],
    [
      'is of nobody among others',
      { model_id: undefined, model_ids: ['ppo_v1', 'nobody'] },
      ...([404, 'MODEL_NOT_FOUND', 'nobody'] as const),
    ],
    ['has a balance that cannot be kept', { initial_balance: -1 }, 400, 'VALIDATION', ''],
  ])('refuse a request that %s', async (_, changes, status, code, words) => {
    const answer = await send('POST', '/paper/replays', { ...RANGE, ...changes });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.body.detail).toContain(words);
  });

  test('are of several packages at once, over days', async () => {
    const before = (await get('/paper/replays')).items.length;
    const request = { model_ids: ['ppo_v1', 'paper_ppo_v1'], from: '2026-11-25', to: '2026-11-26' };
    const { status, body } = await send('POST', '/paper/replays', request);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { items: [{ from: '2026-11-25T00:00:00.000Z', to: '2026-11-26T00:00:00.000Z' }] },
    });
    expect(body.items).toHaveLength(1);
    expect((await get('/paper/replays')).items).toHaveLength(before + 1);
    expect(await finished(body.items[0].id)).toMatchObject({ state: 'DONE' });
  });

  test('are listed by package in pages, until they are deleted', async () => {
    const whole = await get('/paper/replays?model_id=paper_v3_ppo');
    expect((await get('/paper/replays?model_id=beta')).items).toEqual([]);
    const first = await get('/paper/replays?limit=3');
    const rest = await get(`/paper/replays?limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    const [{ id }] = whole.items;
    expect((await send('DELETE', `/paper/replays/${id}`)).status).toBe(204);
    expect(await send('DELETE', `/paper/replays/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'REPLAY_NOT_FOUND' },
    });
    expect((await get(`/paper/replays/${id}/ledger`)).code).toBe('REPLAY_NOT_FOUND');
    expect((await get('/paper/replays')).items).toEqual(whole.items.slice(1));
  });

  test('run one after the other, and can be canceled', async () => {
    const long = { from: iso(START - 20 * 96 * DECISION_CANDLE_MS) };
    const running = (await send('POST', '/paper/replays', { ...RANGE, ...long })).body.id;
    const waiting = (await send('POST', '/paper/replays', { ...RANGE, ...long })).body.id;
    await underWay(running);
    expect((await get(`/paper/replays/${waiting}`)).state).toBe('QUEUED');
    for (const id of [waiting, running]) {
      const cancelled = await send('DELETE', `/paper/replays/${id}`);
      expect(cancelled).toMatchObject({ status: 200, body: { state: 'CANCELLED', result: null } });
    }
    const { progress } = await get(`/paper/replays/${running}`);
    expect(progress.done).toBeLessThan(progress.total);
    const next = await replayed();
    expect(next.state).toBe('DONE');
    expect((await get(`/paper/replays/${running}`)).progress.done).toBe(progress.done);
  });

  test('continue after a restart with the same result', async () => {
    const day = {
      from: iso(START - 3 * 96 * DECISION_CANDLE_MS),
      to: iso(START - 2 * 96 * DECISION_CANDLE_MS),
    };
    const { id } = (await send('POST', '/paper/replays', { ...RANGE, ...day })).body;
    await underWay(id);
    await service.restart();
    const continued = await finished(id);
    const undisturbed = await replayed(day);
    expect(undisturbed.forecasts.computed).toBe(0);
    expect(continued.result).toEqual(undisturbed.result);
    expect(await ledgerOf(`/paper/replays/${id}/ledger`, id)).toEqual(
      await ledgerOf(`/paper/replays/${undisturbed.id}/ledger`, undisturbed.id),
    );
  });

  test('fail with a sentence if their package is deleted, and are refused if it is archived', async () => {
    expect((await upload(service.app, await packageParts('alpha'))).statusCode).toBe(201);
    await warmedUp(service.app, 'alpha');
    const long = { from: iso(START - 20 * 96 * DECISION_CANDLE_MS) };
    const running = (await send('POST', '/paper/replays', { ...RANGE, ...long })).body.id;
    const waiting = (await send('POST', '/paper/replays', { ...RANGE, model_id: 'alpha' })).body;
    expect(waiting).toMatchObject({ state: 'QUEUED', model_id: 'paper_alpha', initial_balance: 10_000 });
    const decided = { model_id: 'alpha', decided: 'account' };
    expect((await send('POST', '/paper/replays', { ...RANGE, ...decided })).body).toMatchObject({
      code: 'REPLAY_RANGE',
      detail: expect.stringContaining('no account yet'),
    });
    await send('POST', '/model-packages/alpha/archive');
    expect((await send('POST', '/paper/replays', { ...RANGE, model_id: 'alpha' })).body).toMatchObject({
      code: 'PACKAGE_ARCHIVED',
    });
    expect((await send('DELETE', '/model-packages/alpha')).status).toBe(204);
    // The other one only has to keep this one waiting.
    expect((await get(`/paper/replays/${running}`)).state).toBe('RUNNING');
    await send('DELETE', `/paper/replays/${running}`);
    expect(await finished(waiting.id)).toMatchObject({
      state: 'FAILED',
      error: { code: 'PACKAGE_NOT_FOUND', detail: expect.stringContaining('alpha') },
      result: null,
    });
    expect((await get('/paper/replays?model_id=alpha')).items).toHaveLength(1);
  });
});
