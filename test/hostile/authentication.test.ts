// promise: docs/security.md "5xx answers do not show internals; the log has them"

import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { repetitions } from '../helper/run-length.ts';
import { createToken } from './create-token.ts';
import { send } from './http-client.ts';
import { sendBytes } from './raw-connection.ts';
import { report } from './report.ts';

const PASSWORD = 'a-password-never-to-be-logged-7f3a';
const WRONG_PASSWORD = 'a-guess-never-to-be-logged-91bc';

let service: RestartableService;
let serviceToken: string;
let session: string;
beforeAll(async () => {
  service = await prepareService();
  serviceToken = await createToken(service.database, 'access');
  await service.start({ LOG_LEVEL: 'trace' });
  const request = { method: 'POST', json: { password: PASSWORD } };
  expect((await send(`${service.url}/api/auth/bootstrap`, request))?.status).toBe(200);
  session = String((await send(`${service.url}/api/auth/login`, request))?.body.token);
});
afterAll(() => service.remove());

const post = (path: string, json: object) => send(`${service.url}${path}`, { method: 'POST', json });

test('every wrong token gets the same reply, which reveals nothing', async () => {
  const otherLastCharacter = session.slice(0, -1) + (session.endsWith('A') ? 'B' : 'A');
  const tokens = [
    'x',
    otherLastCharacter,
    session.slice(1),
    `${session}x`,
    serviceToken.slice(0, -2),
    '%00',
    "'or'1'='1",
    'x'.repeat(5000),
  ];
  const bodies = new Set<string>();
  for (const token of tokens) {
    const reply = await send(`${service.url}/api/me`, { token });
    expect(reply?.status).toBe(401);
    bodies.add(JSON.stringify(reply?.body));
  }
  expect(bodies.size).toBe(1);
  for (const token of [session, serviceToken])
    expect((await send(`${service.url}/api/me`, { token }))?.status).toBe(200);
  report('wrong tokens', { refused: tokens.length });
});

test('password guesses are slowed down, and a near guess gets the same reply as any other', async () => {
  const guesses = [WRONG_PASSWORD, PASSWORD.slice(0, -1), `${PASSWORD}x`, PASSWORD.toUpperCase()];
  const replies = [];
  for (const password of guesses) replies.push(await post('/api/auth/login', { password }));
  expect([...new Set(replies.map((reply) => JSON.stringify(reply?.body)))]).toHaveLength(1);
  expect(replies[0]).toMatchObject({ status: 401, body: { code: 'PASSWORD_MISMATCH' } });
  expect((await post('/api/auth/login', { password: `${PASSWORD}\0` }))?.status).toBe(422);
  const flood = await Promise.all(
    Array.from({ length: repetitions(200, 40) }, () => post('/api/auth/login', { password: WRONG_PASSWORD })),
  );
  const limited = flood.filter((reply) => reply?.status === 429);
  expect(limited.length).toBeGreaterThan(flood.length - 5);
  expect(limited.every((reply) => Number(reply?.retryAfter) > 0)).toBe(true);
  report('guesses', { made: flood.length + guesses.length, 'slowed down': limited.length });
});

test('the log contains neither passwords nor tokens, at any level', async () => {
  const secrets = [PASSWORD, WRONG_PASSWORD, session, serviceToken];
  const credentials = [
    `authorization: Bearer ${session}`,
    `authorization: Basic ${serviceToken}`,
    `cookie: token=${session}`,
    `x-token: ${session}`,
  ];
  for (const header of credentials) {
    await sendBytes(
      service.url,
      `GET /model-packages HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}\r\n\r\n`,
    );
    await sendBytes(
      service.url,
      `GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}\r\nx y: z\r\n\r\n`,
    );
  }
  for (const body of [
    `{"password": "${PASSWORD}"`,
    `{"password": ["${PASSWORD}"]}`,
    `{"pass": "${PASSWORD}"}`,
    `password=${PASSWORD}`,
  ]) {
    for (const path of ['/api/auth/login', '/api/auth/bootstrap', '/paper/signal']) {
      const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${session}\r\n`;
      await sendBytes(
        service.url,
        `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
  }
  expect((await send(`${service.url}/api/auth/logout-all`, { method: 'POST', token: session }))?.status).toBe(
    200,
  );
  expect((await send(`${service.url}/api/me`, { token: session }))?.status).toBe(401);
  await service.process.end('SIGTERM');
  const log = service.process.output();
  expect(log).toContain('/api/auth/login');
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
  report('log', { characters: log.length, secrets: 0 });
});
