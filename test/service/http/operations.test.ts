import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { warmedUp } from '../../helper/upload.ts';

describe('a healthy service', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ isFirstStart: true });
    await warmedUp(service.app, 'ppo_v1');
  });
  afterAll(() => service.close());

  test('seeds the default package and is ready', async () => {
    const answer = await service.app.inject('/ready');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      ready: true,
      market_source: 'recorded',
      parts: {
        default_package: { ready: true },
        market: { facts: { symbols: [{ symbol: 'BTCUSDT', gaps: 0 }] } },
      },
    });
    expect((await service.app.inject('/model-packages/ppo_v1')).json()).toMatchObject({
      forecast_rel_path: 'models/forecast_model.pt',
      ppo_rel_path: 'models/ppo_policy_final.zip',
      status: 'READY',
    });
  });

  test.each(['/health', '/api/health'])('%s answers', async (url) => {
    expect((await service.app.inject(url)).json()).toMatchObject({ status: 'ok' });
  });

  test('marks every response as recorded and not to be cached', async () => {
    for (const url of ['/health', '/model-packages', '/nowhere']) {
      const { headers } = await service.app.inject(url);
      expect(headers).toMatchObject({ 'x-market-source': 'recorded', 'cache-control': 'no-store' });
    }
  });

  test('counts requests and decisions', async () => {
    await service.app.inject('/paper/signal?model_id=ppo_v1');
    const answer = await service.app.inject('/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toMatch(/paperdesk_decisions_total\{route="signal",reason="\w+"\} 1/);
    expect(answer.body).toMatch(/paperdesk_newest_candle_age_seconds\{symbol="BTCUSDT"\} \d+/);
    expect(answer.body).toMatch(/paperdesk_forecast_duration_seconds_count [1-9]/);
  });

  test('describes every route', async () => {
    const { paths, openapi } = (await service.app.inject('/docs/json')).json();
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths).sort()).toEqual([
      '/alerts',
      '/api/auth/bootstrap',
      '/api/auth/login',
      '/api/auth/logout',
      '/api/auth/logout-all',
      '/api/auth/status',
      '/api/auth/tokens',
      '/api/auth/tokens/{id}',
      '/api/health',
      '/api/me',
      '/api/models',
      '/api/models/{model_name}',
      '/api/models/{model_name}/changes',
      '/api/models/{model_name}/factor-uses',
      '/api/models/{model_name}/factors',
      '/api/models/{model_name}/model/{symbol}',
      '/api/models/{model_name}/predict/{symbol}',
      '/api/models/{model_name}/refresh',
      '/api/models/{model_name}/symbols',
      '/api/models/{model_name}/symbols/{symbol}',
      '/api/recent-errors',
      '/api/system',
      '/events',
      '/health',
      '/live-price',
      '/market/candles',
      '/market/status',
      '/metrics',
      '/model-packages',
      '/model-packages/aliases',
      '/model-packages/aliases/{alias}',
      '/model-packages/upload',
      '/model-packages/{a}/diff/{b}',
      '/model-packages/{id}',
      '/model-packages/{id}/archive',
      '/model-packages/{id}/drift',
      '/model-packages/{id}/restore',
      '/model-packages/{id}/warmup',
      '/paper/account/create',
      '/paper/account/{model_id}',
      '/paper/account/{model_id}/close-all',
      '/paper/account/{model_id}/pause',
      '/paper/account/{model_id}/performance',
      '/paper/account/{model_id}/positions',
      '/paper/account/{model_id}/reset',
      '/paper/account/{model_id}/resume',
      '/paper/accounts',
      '/paper/attribution/{model_id}',
      '/paper/compare',
      '/paper/compare/pairs',
      '/paper/dashboard/{model_id}',
      '/paper/decisions/{model_id}',
      '/paper/directions/{model_id}',
      '/paper/equity/{model_id}',
      '/paper/forecasts/{model_id}',
      '/paper/inference/v3',
      '/paper/ledger/{model_id}',
      '/paper/market-data/candles',
      '/paper/marks/{model_id}',
      '/paper/ml-signal-lite/{model_id}',
      '/paper/ml-signal/{model_id}',
      '/paper/position-results/{model_id}',
      '/paper/position/open',
      '/paper/position/{id}/close',
      '/paper/position/{id}/edit',
      '/paper/positions/{model_id}',
      '/paper/price-update',
      '/paper/replays',
      '/paper/replays/{id}',
      '/paper/replays/{id}/attribution',
      '/paper/replays/{id}/counterfactuals',
      '/paper/replays/{id}/decisions',
      '/paper/replays/{id}/directions',
      '/paper/replays/{id}/equity',
      '/paper/replays/{id}/forecasts',
      '/paper/replays/{id}/ledger',
      '/paper/replays/{id}/marks',
      '/paper/replays/{id}/position-results',
      '/paper/replays/{id}/positions',
      '/paper/replays/{id}/trades',
      '/paper/signal',
      '/paper/trades/{model_id}',
      '/ready',
    ]);
    expect((await service.app.inject('/docs/')).statusCode).toBe(200);
  });

  test.each([
    ['GET', '/nowhere', 404, 'NOT_FOUND'],
    ['DELETE', '/health', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/model-packages/a/archive', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', `/model-packages/${'x'.repeat(300)}`, 404, 'NOT_FOUND'],
    ['GET', '/paper/signal', 400, 'VALIDATION'],
    ['GET', '/%ff', 400, 'VALIDATION'],
  ] as const)('%s %s gives %s %s as problem details', async (method, url, status, code) => {
    const answer = await service.app.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
    });
  });

  test.each([
    ['{', 400, 'VALIDATION'],
    ['', 400, 'VALIDATION'],
    ['[]', 400, 'VALIDATION'],
    [`{"model_id": "${'x'.repeat(1024 * 1024)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
  ])('a faulty body (case %#) is answered with a problem', async (payload, status, code) => {
    const answer = await service.app.inject({
      method: 'POST',
      url: '/paper/inference/v3',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(answer.json()).toMatchObject({ status, code });
  });

  test('compresses long responses on request', async () => {
    const answer = await service.app.inject({
      url: '/paper/ml-signal/ppo_v1',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(answer.headers['content-encoding']).toBe('gzip');
  });

  test('can archive and restore the default package, but not delete it', async () => {
    const call = (method: 'POST' | 'DELETE', url: string) => service.app.inject({ method, url });
    expect((await call('DELETE', '/model-packages/ppo_v1')).json()).toMatchObject({
      status: 409,
      code: 'PACKAGE_STATE',
    });
    expect((await call('POST', '/model-packages/ppo_v1/archive')).json()).toMatchObject({
      status: 'ARCHIVED',
    });
    expect((await call('POST', '/model-packages/ppo_v1/warmup')).json()).toMatchObject({
      code: 'PACKAGE_ARCHIVED',
    });
    expect((await call('DELETE', '/model-packages/ppo_v1')).json()).toMatchObject({
      status: 409,
      code: 'PACKAGE_STATE',
    });
    expect((await call('POST', '/model-packages/ppo_v1/restore')).json()).toMatchObject({ status: 'READY' });
    expect((await call('POST', '/model-packages/ppo_v1/warmup')).statusCode).toBe(202);
    expect(await warmedUp(service.app, 'ppo_v1')).toMatchObject({ warmup_status: 'DONE' });
  });

  test('has its packages and candles after a restart, without new requests to the exchange', async () => {
    // Whether their symbols trade is known again with the first request to the exchange.
    const packages = async () =>
      (await service.app.inject('/model-packages'))
        .json<object[]>()
        .map((model) => ({ ...model, symbol_trades: null }));
    const before = await packages();
    const weight = service.exchange.usedWeight;
    await service.restart();
    const ready = async () => (await service.app.inject('/ready')).json();
    await expect.poll(ready).toMatchObject({ ready: true });
    expect(await packages()).toEqual(before);
    expect((await service.app.inject('/paper/signal?model_id=ppo_v1')).statusCode).toBe(200);
    expect(service.exchange.usedWeight - weight).toBeLessThan(5);
  });
});

describe('a service whose exchange cannot be reached', () => {
  let service: TestService;
  let deadPort: number;
  beforeAll(async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    deadPort = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));
    service = await startTestService({ isFirstStart: true, exchangeUrl: `http://127.0.0.1:${deadPort}` });
  });
  afterAll(() => service.close());

  test('starts, reports it, and invents no data', async () => {
    const model = await warmedUp(service.app, 'ppo_v1');
    expect(model).toMatchObject({
      warmup_status: 'ERROR',
      warmup_error: expect.stringMatching(/tried again/),
    });

    const ready = await service.app.inject('/ready');
    // A node among others stays ready: the market is a part that they share (http.md#27).
    const isAlone = !service.services.cluster.isShared;
    expect(ready.statusCode).toBe(isAlone ? 503 : 200);
    expect(ready.json()).toMatchObject({
      ready: !isAlone,
      cluster_ready: false,
      parts: {
        market: { ready: false, detail: expect.stringMatching(/BTCUSDT|exchange/i) },
        inference: { ready: true },
      },
    });
    expect((await service.app.inject('/health')).statusCode).toBe(200);

    const signal = await service.app.inject('/paper/signal?model_id=ppo_v1');
    expect(signal.statusCode).toBe(200);
    expect(signal.json()).toMatchObject({ action: 'HOLD', reason: 'WARMUP', signal: null });

    const forecast = await service.app.inject('/paper/ml-signal/ppo_v1');
    expect(forecast.statusCode).toBe(503);
    expect(forecast.json()).toMatchObject({ code: 'MARKET_UNAVAILABLE' });
  });
});

test('an overloaded service answers 503 with Retry-After, but /health still works', async () => {
  const service = await startTestService({ env: { OVERLOAD_DELAY_MS: '100' } });
  onTestFinished(() => service.close());
  const answerOfBusyService = async () => {
    const end = performance.now() + 500;
    while (performance.now() < end);
    return service.app.inject('/model-packages');
  };
  await expect
    .poll(
      async () => {
        const { statusCode, headers } = await answerOfBusyService();
        return { statusCode, retryAfter: headers['retry-after'] };
      },
      { interval: 1 },
    )
    .toEqual({ statusCode: 503, retryAfter: '5' });
  expect((await service.app.inject('/health')).statusCode).toBe(200);
});
