// promise: docs/security.md "A number that is not finite opens nothing and breaks no route"
// promise: paper.md "INVALID_FEATURES"

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

// A package whose weights are finite can still overflow on some candles, long after its warm-up.

const ID = 'ppo_v1';
const CANDLE_MS = 15 * 60_000;
let now = Date.parse('2026-11-26T00:01:00Z');
let service: TestService;

beforeAll(async () => {
  service = await startTestService({ now: () => now });
});
afterAll(() => service.close());

async function send(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await service.app.inject({ method, url, ...(payload && { payload }) });
  return { url, status: answer.statusCode, body: answer.json() };
}

const account = (position?: object) => ({
  model_id: ID,
  symbol: 'BTCUSDT',
  current_price: 90_000,
  account_state: { equity: 10_000, positions: position === undefined ? [] : [position] },
});

/** What each route that shows or takes a decision says about it. */
async function reasons() {
  const [inference, signal, mlSignal, lite, dashboard, poll] = await Promise.all([
    send('POST', '/paper/inference/v3', account()),
    send('GET', `/paper/signal?model_id=${ID}`),
    send('GET', `/paper/ml-signal/${ID}`),
    send('GET', `/paper/ml-signal-lite/${ID}`),
    send('GET', `/paper/dashboard/${ID}`),
    send('POST', '/paper/signal', { model_id: ID }),
  ]);
  return {
    inference: [inference.status, inference.body.debug?.reason, inference.body.action?.type],
    signal: [signal.status, signal.body.reason],
    mlSignal: [mlSignal.status, mlSignal.body.diagnostics?.reason, mlSignal.body.forecast_values?.length],
    lite: [lite.status, lite.body.diagnostics?.reason],
    dashboard: [dashboard.status, dashboard.body.ml_signal?.diagnostics.reason],
    poll: [poll.status, poll.body.reason, poll.body.decided],
  };
}

const invalid = (forecastSteps: number) => ({
  inference: [200, 'INVALID_FEATURES', 'HOLD'],
  signal: [200, 'INVALID_FEATURES'],
  mlSignal: [200, 'INVALID_FEATURES', forecastSteps],
  lite: [200, 'INVALID_FEATURES'],
  dashboard: [200, 'INVALID_FEATURES'],
  poll: [200, 'INVALID_FEATURES', false],
});

describe('numbers that are not finite are INVALID_FEATURES on every route', () => {
  test('in an account that a request describes', async () => {
    const position = { side: 'long', entry_price: 1e-300, size_usdt: 1e300, leverage: 1 };
    const { status, body } = await send(
      'POST',
      '/paper/inference/v3',
      account({ ...position, time_in_trade_steps: 1 }),
    );
    expect([status, body.debug?.reason]).toEqual([200, 'INVALID_FEATURES']);
    expect(body.debug.account_vector).toContain(null);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('in forecasts: %s', async (value) => {
    now += CANDLE_MS;
    const { engine } = service.services;
    const { forecast } = engine;
    engine.forecast = async (...args) => (await forecast(...args)).with(-2, value);
    expect(await reasons()).toEqual(invalid(0));
    const { items } = (await send('GET', `/paper/decisions/${ID}?limit=1`)).body;
    expect(items).toMatchObject([{ reason: 'INVALID_FEATURES', evidence: null }]);
    engine.forecast = forecast;
  });

  test('in what the policy answers', async () => {
    now += CANDLE_MS;
    const { engine } = service.services;
    const { act } = engine;
    engine.act = async (...args) => ({ ...(await act(...args)), mean: new Float32Array(5).fill(Number.NaN) });
    expect(await reasons()).toEqual(invalid(192));
    engine.act = act;
    now += CANDLE_MS;
    expect((await send('GET', `/paper/ml-signal/${ID}`)).body.diagnostics.reason).not.toBe(
      'INVALID_FEATURES',
    );
  });
});
