import { expect, onTestFinished, test } from 'vitest';
import { startTestService } from '../../helper/service.ts';

const ORIGIN = 'https://desk.example';

async function preflight(env: NodeJS.ProcessEnv, method: string, origin = ORIGIN) {
  const service = await startTestService({ env });
  onTestFinished(() => service.close());
  return service.app.inject({
    method: 'OPTIONS',
    url: '/model-packages/ppo_v1',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

test('without CORS_ORIGIN no other origin is allowed', async () => {
  const { headers } = await preflight({}, 'GET');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('CORS_ORIGIN allows every method of the service', async () => {
  const { statusCode, headers } = await preflight({ CORS_ORIGIN: ORIGIN }, 'DELETE');
  expect(statusCode).toBe(204);
  expect(headers['access-control-allow-origin']).toBe(ORIGIN);
  expect(String(headers['access-control-allow-methods']).split(', ').sort()).toEqual([
    'DELETE',
    'GET',
    'HEAD',
    'PATCH',
    'POST',
  ]);
  expect(headers['access-control-allow-headers']).toBe('authorization,content-type');
});

test('CORS_ORIGIN allows no other origin', async () => {
  const { headers } = await preflight({ CORS_ORIGIN: ORIGIN }, 'GET', 'https://else.example');
  expect(headers['access-control-allow-origin']).not.toBe('https://else.example');
});
