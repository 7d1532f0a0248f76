import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './http-client.ts';
import { amount, report } from './run-length.ts';
import { exchangeBytes, makeToken, prepareService, type RunningService } from './service-process.ts';

const PASSWORD = 'a-password-that-nobody-logs-7f3a';
const WRONG = 'a-guess-that-nobody-logs-91bc';

let service: RunningService;
let serviceToken: string;
let session: string;
beforeAll(async () => {
  service = await prepareService();
  serviceToken = makeToken(service, 'access');
  await service.start({ LOG_LEVEL: 'trace' });
  const body = { method: 'POST', json: { password: PASSWORD } };
  expect((await ask(`${service.url}/api/auth/bootstrap`, body))?.status).toBe(200);
  session = String((await ask(`${service.url}/api/auth/login`, body))?.body.token);
});
afterAll(() => service.remove());

const post = (path: string, json: object) => ask(`${service.url}${path}`, { method: 'POST', json });

test('refusals of a token are the same whatever is wrong with it, and tell nothing', async () => {
  const other = session.slice(0, -1) + (session.endsWith('A') ? 'B' : 'A');
  const tokens = [
    'x',
    other,
    session.slice(1),
    `${session}x`,
    serviceToken.slice(0, -2),
    '%00',
    "'or'1'='1",
    'x'.repeat(5000),
  ];
  const bodies = new Set<string>();
  for (const token of tokens) {
    const answer = await ask(`${service.url}/api/me`, { token });
    expect(answer?.status).toBe(401);
    bodies.add(JSON.stringify(answer?.body));
  }
  expect(bodies.size).toBe(1);
  for (const token of [session, serviceToken])
    expect((await ask(`${service.url}/api/me`, { token }))?.status).toBe(200);
  report('wrong tokens', { refused: tokens.length });
});

test('guessing is slowed down, and a guess is answered alike however close it is', async () => {
  const guesses = [WRONG, PASSWORD.slice(0, -1), `${PASSWORD}x`, PASSWORD.toUpperCase()];
  const answers = [];
  for (const password of guesses) answers.push(await post('/api/auth/login', { password }));
  expect([...new Set(answers.map((answer) => JSON.stringify(answer?.body)))]).toHaveLength(1);
  expect(answers[0]).toMatchObject({ status: 401, body: { code: 'PASSWORD_MISMATCH' } });
  expect((await post('/api/auth/login', { password: `${PASSWORD}\0` }))?.status).toBe(422);
  const flood = await Promise.all(
    Array.from({ length: amount(200, 40) }, () => post('/api/auth/login', { password: WRONG })),
  );
  const limited = flood.filter((answer) => answer?.status === 429);
  expect(limited.length).toBeGreaterThan(flood.length - 5);
  expect(limited.every((answer) => Number(answer?.retryAfter) > 0)).toBe(true);
  report('guesses', { made: flood.length + guesses.length, 'slowed down': limited.length });
});

test('neither password nor token stands in anything that the service wrote, at any level', async () => {
  const secrets = [PASSWORD, WRONG, session, serviceToken];
  const auth = [
    `authorization: Bearer ${session}`,
    `authorization: Basic ${serviceToken}`,
    `cookie: token=${session}`,
    `x-token: ${session}`,
  ];
  for (const header of auth) {
    await exchangeBytes(
      service.url,
      `GET /model-packages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${header}\r\n\r\n`,
    );
    await exchangeBytes(
      service.url,
      `GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${header}\r\nx y: z\r\n\r\n`,
    );
  }
  for (const body of [
    `{"password": "${PASSWORD}"`,
    `{"password": ["${PASSWORD}"]}`,
    `{"pass": "${PASSWORD}"}`,
    `password=${PASSWORD}`,
  ]) {
    for (const path of ['/api/auth/login', '/api/auth/bootstrap', '/paper/signal']) {
      const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer ${session}\r\n`;
      await exchangeBytes(
        service.url,
        `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
  }
  expect((await ask(`${service.url}/api/auth/logout-all`, { method: 'POST', token: session }))?.status).toBe(
    200,
  );
  expect((await ask(`${service.url}/api/me`, { token: session }))?.status).toBe(401);
  await service.process.end('SIGTERM');
  const written = service.process.output();
  expect(written).toContain('/api/auth/login');
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  report('log', { letters: written.length, secrets: 0 });
});
