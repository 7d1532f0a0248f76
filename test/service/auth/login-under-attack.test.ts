// promise: docs/security.md "Guesses are slowed down"
// promise: docs/behind-a-proxy.md "TRUSTED_PROXIES"

import { afterEach, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

const PASSWORD = 'correct horse battery';
const PROXY = '10.1.2.3';

let service: TestService;
afterEach(() => service.close());

async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
  service = await startTestService({ env });
  await service.services.access.initializePassword(PASSWORD);
}

/** The status of a log-in that comes from `from`. @param forwardedFor what `X-Forwarded-For` says */
async function login(password: string, from: string, forwardedFor?: string): Promise<number> {
  const { statusCode } = await service.app.inject({
    method: 'POST',
    url: '/api/auth/login',
    remoteAddress: from,
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
    payload: { password },
  });
  return statusCode;
}

test('guesses from elsewhere do not lock the owner out', async () => {
  await start();
  for (let guess = 0; guess < 120; guess++) await login(`guess ${guess}`, `198.51.100.${guess % 40}`);
  expect(await login('guess', '198.51.100.1')).toBe(429);
  expect(await login(PASSWORD, '192.0.2.1')).toBe(200);
  expect(await login('a typing error', '192.0.2.1')).toBe(401);
  expect(await login(PASSWORD, '192.0.2.1')).toBe(200);
});

test('behind TRUSTED_PROXIES, guesses of one client are not those of another', async () => {
  await start({ TRUSTED_PROXIES: '10.1.0.0/16, ::1' });
  for (let guess = 0; guess < 5; guess++) expect(await login('guess', PROXY, '198.51.100.1')).toBe(401);
  expect(await login('guess', PROXY, '198.51.100.1')).toBe(429);
  expect(await login(PASSWORD, PROXY, '192.0.2.1')).toBe(200);
  // What a client says itself comes before the address that the proxy adds.
  expect(await login('guess', PROXY, '203.0.113.9, 198.51.100.1')).toBe(429);
});

test('what others say about their address is not believed', async () => {
  await start({ TRUSTED_PROXIES: '10.1.0.0/16' });
  for (let guess = 0; guess < 5; guess++)
    expect(await login('guess', '198.51.100.1', `203.0.113.${guess}`)).toBe(401);
  expect(await login('guess', '198.51.100.1', '203.0.113.9')).toBe(429);
});
