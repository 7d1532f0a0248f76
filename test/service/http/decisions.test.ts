import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TIMEFRAME_MS, type Timeframe } from '../../../src/candle.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { type GoldenCase, goldenPackage, toCandles, toFunding } from '../../helper/golden.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { type PackageName, packageParts, type ReplacedParts, upload, warmedUp } from '../../helper/upload.ts';

/** The recording shows the candles of the golden files again after 52 weeks. */
const MOVED_MS = 52 * 7 * 24 * 3_600_000;
const DECISION_CANDLE_MS = 15 * 60_000;
/** The recording has these intrabar candles, and not those of 5m that 1h and 30m have by default. */
const INTRABAR_3M = { manifest: { intrabar_tf: '3m' } };
const UPLOADED = {
  alpha: {},
  beta: {},
  gamma: {},
  delta: { proof: 'delta/proof.json' },
  epsilon: INTRABAR_3M,
  zeta: {},
  eta: INTRABAR_3M,
} satisfies Record<PackageName, ReplacedParts>;
const TIMEFRAMES: Record<string, Timeframe> = { epsilon: '1h', eta: '30m' };

let now = 0;
let service: TestService;
const get = async (url: string) => (await service.app.inject(url)).json();
const post = (url: string, payload: object) => service.app.inject({ method: 'POST', url, payload });

/** Stores the candles of a moment, some of which are older or newer than the recording. */
async function store({ candles, funding }: GoldenCase, timeframe: Timeframe): Promise<void> {
  const database = await openDatabase(service.config.store);
  const market = createMarketRepository(database);
  const moved = toCandles(candles).map((candle) => ({ ...candle, openTime: candle.openTime + MOVED_MS }));
  await market.candles.store('BTCUSDT', timeframe, moved);
  const rates = toFunding(funding).map(({ time, rate }) => ({ time: time + MOVED_MS, rate }));
  await market.funding.store('BTCUSDT', rates, { from: rates[0]!.time, to: moved.at(-1)!.openTime });
  await database.destroy();
}

beforeAll(async () => {
  now = goldenPackage('alpha').cases[0]!.last_open_time_ms + MOVED_MS + DECISION_CANDLE_MS + 1;
  service = await startTestService({ now: () => now });
  for (const [name, replaced] of Object.entries(UPLOADED)) {
    const { statusCode, body } = await upload(service.app, await packageParts(name as PackageName, replaced));
    expect(statusCode, body).toBe(201);
    expect(await warmedUp(service.app, name)).toMatchObject({ warmup_status: 'DONE' });
  }
});
afterAll(() => service.close());

describe.each([...Object.keys(UPLOADED), 'ppo_v1'])('%s over HTTP', (name) => {
  const decisionMs = TIMEFRAME_MS[TIMEFRAMES[name] ?? '15m'];
  const tolerance = name === 'gamma' ? 1e-4 : 1e-5;

  test.each([0, 1, 2])('decides as the original at moment %i', async (moment) => {
    const golden = goldenPackage(name).cases[moment]!;
    now = golden.last_open_time_ms + MOVED_MS + decisionMs + 1;
    await store(golden, TIMEFRAMES[name] ?? '15m');

    const signal = await get(`/paper/ml-signal/${name}`);
    expect(signal.timestamp).toBe(new Date(golden.last_open_time_ms + MOVED_MS + decisionMs).toISOString());
    expect(signal.current_price).toBe(golden.close);
    expect(signal.diagnostics.atr_14).toBeCloseTo(golden.atr_14, 8);
    expect(signal.forecast_values).toHaveLength(golden.quantiles.length);
    let largest = 0;
    golden.quantiles.forEach((row, step) => {
      row.forEach((value, column) => {
        largest = Math.max(largest, Math.abs(value - signal.forecast_values[step][column]));
      });
    });
    expect(largest).toBeLessThan(tolerance);

    const flat = golden.decisions.flat;
    expect(signal.signal).toBe(flat.direction);
    expect(signal.confidence).toBe(Math.round(flat.agreement * 100));
    expect(signal.diagnostics).toMatchObject({
      leverage: flat.leverage,
      strength: flat.strength,
      reason: null,
      valid: true,
    });
    expect(signal.diagnostics.size_pct).toBeCloseTo(flat.size_pct, 4);
    const { long, flat: neither, short } = signal.probabilities;
    expect(long + neither + short).toBeCloseTo(100, 10);
  });
});

describe('POST /paper/inference/v3', () => {
  const request = { model_id: 'paper_gamma', symbol: 'BTCUSDT', current_price: 90_000 };

  test('sizes an order for the given account from the expected fill', async () => {
    const golden = goldenPackage('gamma').cases[0]!;
    now = golden.last_open_time_ms + MOVED_MS + DECISION_CANDLE_MS + 1;
    const { direction, size_pct, leverage } = golden.decisions.flat;
    expect(direction).toBe('SHORT');
    const answer = await post('/paper/inference/v3', { ...request, account_state: { equity: 20_000 } });
    expect(answer.statusCode).toBe(200);
    const { action, debug, confidence } = answer.json();
    const margin = 0.1 * 20_000 * size_pct;
    expect(action).toMatchObject({ type: 'OPEN_SHORT', side: 'short', leverage });
    expect(action.margin_usdt).toBeCloseTo(margin, 2);
    expect(action.size_usdt).toBeCloseTo(margin * leverage, 1);
    const fill = 90_000 * (1 - 0.0002 - (0.1 * golden.atr_14) / 90_000);
    expect(action.stop_loss).toBeGreaterThan(fill);
    expect(action.take_profit).toBeLessThan(fill);
    expect(confidence).toBe(Math.round(golden.decisions.flat.agreement * 100));
    expect(debug).toMatchObject({
      reason: null,
      feature_validity: true,
      feature_validity_reason: null,
      feature_validity_detail: null,
      account_vector: [0, 0, 0, 0, 0, 0, 192, 1, 0.1],
      market_source: 'recorded',
      last_candle: { close: golden.close },
    });
    expect(Object.keys(debug.quantile_summary)).toEqual(['4', '16', '48', '96', '192']);
    expect(debug.timings_ms.total).toBeGreaterThan(0);
  });

  test('gives the positions to the policy', async () => {
    const opened = new Date(now - 17 * DECISION_CANDLE_MS - 5000).toISOString();
    const answer = await post('/paper/inference/v3', {
      ...request,
      account_state: {
        equity: 10_000,
        positions: [
          { side: 'short', entry_price: 91_000, size_usdt: 2000, leverage: 5, opened_at: opened },
          { side: 'short', entry_price: 89_000, size_usdt: 1000, leverage: 10, time_in_trade_steps: 3 },
        ],
      },
    });
    const vector = answer.json().debug.account_vector;
    expect(vector.slice(0, 3)).toEqual([2, 2, 0.05]);
    expect(vector[3]).toBeCloseTo(0.3, 12);
    expect(vector[4]).toBeCloseTo(((2000 / 91_000) * 1000 - (1000 / 89_000) * 1000) / 10_000, 12);
    expect(vector.slice(5)).toEqual([17, 175, 1, expect.closeTo(0.05, 12)]);
  });

  test.each([
    ['an unknown model', { model_id: 'nobody' }, 404, 'MODEL_NOT_FOUND', /nobody/],
    ['an unknown symbol', { symbol: 'BTCUSD' }, 404, 'SYMBOL_UNKNOWN', /BTCUSDT/],
    ['a negative price', { current_price: -1 }, 400, 'VALIDATION', /current_price/],
    ['no account', { account_state: undefined }, 400, 'VALIDATION', /account_state/],
    [
      'a position without an age',
      {
        account_state: {
          equity: 1,
          positions: [{ side: 'long', entry_price: 1, size_usdt: 1, leverage: 1 }],
        },
      },
      400,
      'VALIDATION',
      /positions\.0.*opened_at/,
    ],
    [
      'positions on both sides',
      {
        account_state: {
          equity: 1000,
          positions: ['long', 'short'].map((side) => ({
            side,
            entry_price: 90_000,
            size_usdt: 10,
            leverage: 1,
            time_in_trade_steps: 1,
          })),
        },
      },
      400,
      'VALIDATION',
      /one side/,
    ],
  ])('answers %s with a problem', async (_what, change, status, code, detail) => {
    const answer = await post('/paper/inference/v3', { ...request, account_state: { equity: 1 }, ...change });
    expect(answer.json()).toMatchObject({ status, code, detail: expect.stringMatching(detail) });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('accepts paper_v3_ppo for the default package', async () => {
    const answer = await post('/paper/inference/v3', {
      ...request,
      model_id: 'paper_v3_ppo',
      account_state: { equity: 1000 },
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('GET /paper/signal', () => {
  test('returns the decision with its reason, and does not trade', async () => {
    const golden = goldenPackage('gamma').cases[0]!;
    now = golden.last_open_time_ms + MOVED_MS + DECISION_CANDLE_MS + 1;
    expect(await get('/paper/signal?model_id=gamma')).toMatchObject({
      model_id: 'paper_gamma',
      symbol: 'BTCUSDT',
      signal: 'SHORT',
      sentiment: 'bearish',
      decided: false,
      action: 'OPEN_SHORT',
      reason: null,
      actions: [expect.stringMatching(/short lot of .* USDT/)],
      warmup_status: 'DONE',
      as_of: new Date(golden.last_open_time_ms + MOVED_MS + DECISION_CANDLE_MS).toISOString(),
      market_source: 'recorded',
    });
  });

  test('refuses a symbol that the package does not trade', async () => {
    expect(await get('/paper/signal?model_id=gamma&symbol=ETHUSDT')).toMatchObject({
      status: 409,
      code: 'SYMBOL_MISMATCH',
    });
  });

  test('answers 200 with the reason for an archived package', async () => {
    await post('/model-packages/gamma/archive', {});
    const answer = await service.app.inject('/paper/signal?model_id=gamma');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ action: 'HOLD', reason: 'ARCHIVED', signal: null });
    expect(await get('/paper/ml-signal/gamma')).toMatchObject({ status: 409, code: 'PACKAGE_ARCHIVED' });
    await post('/model-packages/gamma/restore', {});
    expect(await get('/paper/signal?model_id=gamma')).toMatchObject({ action: 'OPEN_SHORT' });
  });
});
