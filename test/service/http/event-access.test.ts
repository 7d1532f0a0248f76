// promise: docs/security.md "One client cannot use up what all share"
// promise: docs/security.md "Event streams end with their access"
// promise: docs/behind-a-proxy.md "time limits: nothing"

import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { waitUntil } from '../../helper/wait.ts';

const PASSWORD = 'correct horse battery';

let now = Date.parse('2026-11-26T00:16:00Z');
let service: TestService;
beforeEach(async () => {
  service = await startTestService({ now: () => now });
});
afterEach(() => service.close());

/** Opens the event stream. */
async function listen(token?: string) {
  const { app } = service;
  const address = app.server.listening
    ? app.listeningOrigin
    : await app.listen({ host: '127.0.0.1', port: 0 });
  const away = new AbortController();
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { status, body } = await fetch(`${address}/events`, { headers, signal: away.signal });
  const stream = { status, isOpen: true, text: '', close: () => away.abort() };
  const read = async () => {
    for await (const chunk of body!) stream.text += Buffer.from(chunk).toString();
  };
  void read()
    .catch(() => {})
    .finally(() => {
      stream.isOpen = false;
    });
  return stream;
}

async function call(method: 'POST' | 'DELETE', url: string, token?: string, payload?: object) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await service.app.inject({ method, url, headers, ...(payload && { payload }) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.body === '' ? undefined : answer.json();
}

const bootstrap = () => call('POST', '/api/auth/bootstrap', undefined, { password: PASSWORD });
const login = async (): Promise<string> =>
  (await call('POST', '/api/auth/login', undefined, { password: PASSWORD })).token;
const untilClosed = (what: string, stream: { readonly isOpen: boolean }) =>
  waitUntil(`the stream ends after ${what}`, () => !stream.isOpen);

test('a stream ends with its access: log-out, logout-all, revocation, password reset and expiry', async () => {
  await bootstrap();
  const { access } = service.services;
  const loop = await access.createServiceToken('loop');
  const ofLoop = await listen(loop.token);

  const session = await login();
  const ofSession = await listen(session);
  await call('POST', '/api/auth/logout', session);
  await untilClosed('the log-out', ofSession);

  const ofAnother = await listen(await login());
  await call('POST', '/api/auth/logout-all', loop.token);
  await untilClosed('logout-all', ofAnother);

  expect(ofLoop.isOpen).toBe(true);
  await call('DELETE', `/api/auth/tokens/${loop.id}`, await login());
  await untilClosed('the revocation', ofLoop);

  // As the command does, in a process of its own.
  const ofOldPassword = await listen(await login());
  await access.resetPassword(PASSWORD);
  await untilClosed('the reset', ofOldPassword);

  const ofExpired = await listen(await login());
  now += 13 * 3_600_000;
  await untilClosed('the expiry', ofExpired);
});

test('a stream that has nothing to say writes every 5 s', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const stream = await listen();
  onTestFinished(stream.close);
  await waitUntil('the stream begins', () => stream.text === ': listening\n\n');
  vi.advanceTimersByTime(5000);
  await waitUntil('a heartbeat', () => stream.text === ': listening\n\n: still here\n\n');
});

test('a stream ends when its token expires, without waiting for the next check', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await bootstrap();
  const { token } = await service.services.access.createServiceToken('short', now + 1000);
  const stream = await listen(token);
  expect(stream.status).toBe(200);
  now += 1000;
  await untilClosed('the expiry', stream);
});

test('the first password ends the streams that were opened without one, at once', async () => {
  const stream = await listen();
  // The regular checks of streams would find it, too, but later.
  const checks: unknown[] = [];
  service.services.events.subscribe({
    onEvent: ({ kind }) => void checks.push(kind),
    onReset: () => {},
  });
  await bootstrap();
  await expect.poll(() => checks).toContain('access');
  await untilClosed('the first password', stream);
});

test('one client cannot use up the streams', async () => {
  const streams = [];
  for (let count = 0; count < 20; count++) streams.push(await listen('whatever'));
  expect(streams.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect((await listen('another, which nobody checks')).status).toBe(429);
  streams[0]!.close();
  await waitUntil('there is room again', async () => {
    const stream = await listen();
    return stream.status === 200;
  });

  await bootstrap();
  for (const stream of streams) await untilClosed('the first password', stream);
  const [one, other] = [await login(), await login()];
  for (let count = 0; count < 20; count++) expect((await listen(one)).status).toBe(200);
  expect((await listen(one)).status).toBe(429);
  expect((await listen(other)).status).toBe(200);
});
