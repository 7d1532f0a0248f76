// promise: docs/security.md "One package cannot starve the others"

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeRandomForecaster } from '../../helper/random-package.ts';
import { startTestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

const ID = 'ppo_v1';

test('a package whose forecasts take too long decides nothing until a person warms it up again', async () => {
  const service = await startTestService();
  onTestFinished(service.close);
  const get = async (url: string) => (await service.app.inject(url)).json();
  const reason = 'The fastest of 3 forecasts took 3000 ms. A forecast may take 2000 ms (FORECAST_MAX_MS).';
  await service.services.warmUps.takeOutOfService(ID, reason);

  const expectOutOfService = async () => {
    expect(await get(`/model-packages/${ID}`)).toMatchObject({
      warmup_status: 'ERROR',
      warmup_error: `Out of service: ${reason}`,
    });
    expect(await get(`/paper/ml-signal/${ID}`)).toMatchObject({
      status: 503,
      code: 'FORECAST_TOO_SLOW',
      detail: `${ID}: Out of service: ${reason}`,
    });
    const poll = await service.app.inject({
      method: 'POST',
      url: '/paper/signal',
      payload: { model_id: ID },
    });
    expect(poll.json()).toMatchObject({ reason: 'WARMUP', decided: false });
  };
  await expectOutOfService();
  await service.restart();
  await expectOutOfService();

  await service.app.inject({ method: 'POST', url: `/model-packages/${ID}/warmup` });
  expect(await warmedUp(service.app, ID)).toMatchObject({ warmup_status: 'DONE', warmup_error: null });
  expect(await get(`/paper/ml-signal/${ID}`)).toMatchObject({ signal: expect.any(String) });
});

test('warm-ups are computed in another process than live decisions', async () => {
  const { app, services, close } = await startTestService({ isFirstStart: true });
  onTestFinished(close);
  await warmedUp(app, 'ppo_v1');
  // The warm-up has computed a forecast, but not where live decisions are computed.
  expect(services.engine.status()).toMatchObject({ state: 'idle', models: [] });
  const signal = await app.inject('/paper/ml-signal/ppo_v1');
  expect(signal.statusCode).toBe(200);
  expect(services.engine.status().models).toMatchObject([{ id: 'ppo_v1' }]);
});

test('a package that takes too long at its warm-up says by how much, and is not warmed up again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-slow-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'forecast_model.pt');
  // 505 patches make 20 million products of 64 numbers: a second on a fast machine.
  writeRandomForecaster(path, { dModel: 64, layers: 3, patchLength: 8, stride: 1, hidden: 2 });
  const parts = (await packageParts('alpha')).map(([name, content]) =>
    name === 'forecast_model' ? ([name, readFileSync(path)] as const) : ([name, content] as const),
  );
  const { app, services, close } = await startTestService({ env: { FORECAST_MAX_MS: '50' } });
  onTestFinished(close);
  const { statusCode, body } = await upload(app, parts);
  expect(statusCode, body).toBe(201);
  const { id } = JSON.parse(body);
  const { warmup_status, warmup_error } = await warmedUp(app, id);
  expect([warmup_status, warmup_error]).toEqual([
    'ERROR',
    expect.stringMatching(/^Out of service: .* A forecast may take 50 ms \(FORECAST_MAX_MS\)/),
  ]);
  expect((await app.inject(`/paper/ml-signal/${id}`)).json()).toMatchObject({ code: 'FORECAST_TOO_SLOW' });
  // No job is there for it.
  expect((await services.registry.get(id)).warmUpStatus).toBe('ERROR');
  expect(services.engine.status().deaths).toBe(0);
});
