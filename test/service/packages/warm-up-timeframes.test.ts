import { expect, onTestFinished, test } from 'vitest';
import { startTestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

test.each([
  ['lacks', {}],
  ['has', { intrabar_tf: '3m' }],
])('a package whose intrabar candles the market %s is warmed up, and decides', async (_, manifest) => {
  const { app, close } = await startTestService();
  onTestFinished(close);
  // By default the intrabar candles of 1h are 5m; the recording has 3m.
  const { statusCode, body } = await upload(app, await packageParts('epsilon', { manifest }));
  expect(statusCode, body).toBe(201);
  expect(await warmedUp(app, 'epsilon')).toMatchObject({ warmup_status: 'DONE', warmup_error: null });
  const signal = (await app.inject('/paper/ml-signal/epsilon')).json();
  await app.inject({ method: 'POST', url: '/paper/signal', payload: { model_id: 'epsilon' } });
  expect((await app.inject('/paper/account/epsilon')).json()).toMatchObject({
    decision_tf: '1h',
    intrabar_tf: '5m',
    ...manifest,
  });
  expect(signal).toMatchObject({ signal: expect.stringMatching(/LONG|SHORT|FLAT/) });
});
