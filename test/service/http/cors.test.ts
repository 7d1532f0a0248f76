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

test('with CORS_ORIGIN, too, unknown paths are 404 and known ones name their methods', async () => {
  const service = await startTestService({ env: { CORS_ORIGIN: ORIGIN } });
  onTestFinished(() => service.close());
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    const answer = await service.app.inject({ method, url: '/no/such/path' });
    expect(answer.statusCode, method).toBe(404);
    expect(answer.headers).not.toHaveProperty('allow');
  }
  const wrongMethod = await service.app.inject({ method: 'DELETE', url: '/health' });
  expect(wrongMethod.statusCode).toBe(405);
  expect(wrongMethod.headers.allow).toBe('GET, HEAD');
});
