import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  service.app.inject({ method, url, ...(payload && { payload }) });

test('a package with open lots is not deleted, and its id is never given to another', async () => {
  await upload(service.app, await packageParts('gamma'));
  await warmedUp(service.app, 'gamma');
  const poll = await call('POST', '/paper/signal', { model_id: 'gamma' });
  expect(poll.json()).toMatchObject({ decided: true, action: 'OPEN_SHORT' });
  await call('POST', '/model-packages/gamma/archive');

  const refused = await call('DELETE', '/model-packages/gamma');
  expect(refused.json()).toMatchObject({
    status: 409,
    detail: expect.stringMatching(/paper_gamma has 1 open/),
  });

  await call('POST', '/paper/account/paper_gamma/reset');
  expect((await call('DELETE', '/model-packages/gamma')).statusCode).toBe(204);
  expect((await call('GET', '/paper/ledger/paper_gamma')).json().items.length).toBeGreaterThan(0);

  const again = await upload(service.app, await packageParts('gamma'));
  expect(again.json()).toMatchObject({ id: 'gamma_2', paper_account_id: 'paper_gamma_2' });
  await warmedUp(service.app, 'gamma_2');
});
