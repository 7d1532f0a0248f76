// promise: docs/security.md "A list is checked up to its first wrong item"
// promise: docs/security.md "Every answer is one that the route documents"
// promise: docs/security.md "Uploads delay no other client"

import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { upload } from '../../helper/upload.ts';
import { waitFor, waitUntil } from '../../helper/wait.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { UPLOADS_AT_ONCE: '60' } });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.close());

/** The folders of uploads that are staged. */
const staged = () => readdir(join(service.folder, 'packages', '.staging'));

async function open(): Promise<Socket> {
  const socket = connect((service.app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const head = (...lines: string[]) =>
  [
    'POST /model-packages/upload HTTP/1.1',
    'host: localhost',
    'content-type: multipart/form-data; boundary=b',
    'content-length: 5000000',
    ...lines,
    '\r\n',
  ].join('\r\n');
const PART = '--b\r\ncontent-disposition: form-data; name="forecast_model"; filename="f.pt"\r\n\r\n';
const TEXT = '--b\r\ncontent-disposition: form-data; name="name"\r\n\r\n';

test('the answer to thousands of wrong fields names the first ones and counts the rest', async () => {
  const { statusCode, body } = await service.app.inject({
    method: 'POST',
    url: '/paper/inference/v3',
    payload: {
      current_price: 1,
      account_state: { equity: 1, positions: Array.from({ length: 900 }, () => ({})) },
    },
  });
  expect(statusCode).toBe(400);
  expect(JSON.parse(body).errors).toHaveLength(20);
  expect(JSON.parse(body).detail).toMatch(/; and \d+ more\.$/);
  const long = await service.app.inject({
    method: 'PATCH',
    url: '/model-packages/ppo_v1',
    payload: { ['k'.repeat(500_000)]: 1 },
  });
  expect(long.statusCode).toBe(400);
  expect(long.body.length).toBeLessThan(3000);
});

test('encoded multipart is 415 before any of it is read', async () => {
  for (const encoding of ['gzip', 'br', 'x-unknown', 'GZIP, identity']) {
    const socket = await open();
    socket.write(head(`content-encoding: ${encoding}`));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString(), encoding).toMatch(/^HTTP\/1\.1 415 /);
    socket.destroy();
  }
  expect(await staged()).toEqual([]);
});

describe('a client that leaves frees its staging folder', () => {
  test.each([
    ['after the head', ''],
    ['in the head of a part', PART.slice(0, 30)],
    ['before the content of a file', PART],
    ['in a file', `${PART}${'x'.repeat(100_000)}`],
    ['in a text', `${TEXT}half a name`],
    ['between parts', `${TEXT}name\r\n${PART}content\r\n`],
    ['in a part that is refused', `${PART.replace('forecast_model', 'unknown')}${'x'.repeat(100_000)}`],
  ])('%s', async (_, body) => {
    for (const leave of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.end()]) {
      const socket = await open();
      socket.write(head() + body);
      await waitFor('the upload begins', staged, (names) => names.length > 0);
      leave(socket);
      await waitFor('the staging folder is removed', staged, (names) => names.length === 0);
      socket.destroy();
    }
  });
});

test('uploads that stand still delay no other client, and leave nothing', async () => {
  const sockets = await Promise.all(Array.from({ length: 60 }, open));
  for (const socket of sockets) socket.write(`${head()}${PART}slow`);
  await waitFor('all uploads have begun', staged, (names) => names.length === sockets.length);
  expect((await service.app.inject('/model-packages')).statusCode).toBe(200);

  const refused = await upload(service.app, [['name', 'one too many']]);
  expect(refused.json()).toMatchObject({
    status: 429,
    code: 'RATE_LIMITED',
    detail: expect.stringMatching(/uploads 60 packages at the same time already.*UPLOADS_AT_ONCE/),
  });
  expect(refused.headers['retry-after']).toBe('30');
  expect(await staged()).toHaveLength(sockets.length);
  for (const socket of sockets) socket.destroy();
  await waitUntil('nothing is left', async () => (await staged()).length === 0);
  expect((await upload(service.app, [['name', 'enough room']])).json().code).toBe('PART_MISSING');
});

test('an upload that stays silent is ended by the limit of its connection, and leaves nothing', async () => {
  const { server } = service.app;
  expect(server.timeout).toBe(60_000);
  expect(server.requestTimeout).toBe(30 * 60_000);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = await open();
  socket.write(`${head()}${PART}slow`);
  await waitFor('the upload begins', staged, (names) => names.length > 0);
  // What happens after the limit.
  (await accepted)[0].emit('timeout');
  await waitFor('the staging folder is removed', staged, (names) => names.length === 0);
  await waitUntil('the connection is closed', () => socket.closed);
});

test('a client that leaves in a body is no fault of the database', async () => {
  const begun = once(service.app.server, 'request');
  const socket = await open();
  const request = head().replace('/model-packages/upload', '/paper/signal');
  socket.write(
    `${request.replace('multipart/form-data; boundary=b', 'application/json').replace('5000000', '100')}{`,
  );
  // The head was read when the next request is answered.
  await begun;
  socket.destroy();
  const seen = await waitFor(
    'the request has ended',
    async () =>
      (await service.app.inject('/api/recent-errors')).json().items as { code: string; where: string }[],
    (items) => items.some(({ where }) => where === 'POST /paper/signal'),
  );
  expect(seen.find(({ where }) => where === 'POST /paper/signal')).toMatchObject({ code: 'VALIDATION' });
});

test('a body of a megabyte of brackets is refused where it is too deep', async () => {
  for (const body of ['['.repeat(1_000_000), '{"a":'.repeat(200_000)]) {
    const answer = await service.app.inject({
      method: 'POST',
      url: '/paper/signal',
      headers: { 'content-type': 'application/json' },
      payload: body,
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toMatch(
      /^The body is nested deeper than 32 arrays and objects at character \d+\.$/,
    );
  }
});

test('requests that follow each other on one connection are answered in order, each by its own access', async () => {
  const socket = await open();
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const get = (path: string, ...lines: string[]) =>
    [`GET ${path} HTTP/1.1`, 'host: localhost', ...lines, '\r\n'].join('\r\n');
  socket.write(
    get('/health') +
      get('/api/me') +
      get('/api/me', 'authorization: Bearer wrong') +
      get('/no/such/path') +
      get('/health'),
  );
  const statuses = () => Array.from(text.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => Number(status));
  await waitUntil('all are answered', () => statuses().length === 5);
  expect(statuses()).toEqual([200, 401, 401, 404, 200]);
  socket.destroy();
});
