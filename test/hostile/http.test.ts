import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { repetitions } from '../helper/run-length.ts';
import { packageForm } from '../helper/upload.ts';
import { waitUntil } from '../helper/wait.ts';
import { openHandles } from './process-usage.ts';
import { connectTo, sendBytes } from './raw-connection.ts';
import { report } from './report.ts';

let service: RestartableService;
beforeAll(async () => {
  service = await prepareService();
  await service.start();
});
afterAll(() => service.remove());

const stagedUploads = () => readdirSync(join(service.packages, '.staging'));
const expectHealthy = async () => expect((await fetch(`${service.url}/health`)).status).toBe(200);

/** The text of a request, one byte for each character; the connection closes after the reply. */
const requestText = (line: string, headers: readonly string[] = [], body = '') =>
  [`${line} HTTP/1.1`, 'host: localhost', 'connection: close', ...headers, '', body].join('\r\n');
const json = (body: string) => ['content-type: application/json', `content-length: ${body.length}`];
const post = (path: string, body: string) => requestText(`POST ${path}`, json(body), body);
const multipart = (body: string, type = 'multipart/form-data; boundary=B') =>
  requestText(
    'POST /model-packages/upload',
    [`content-type: ${type}`, `content-length: ${body.length}`],
    body,
  );
const formField = (disposition: string, content = 'x') =>
  `--B\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;

/** Requests, and the statuses allowed for each; 0 stands for a connection closed without a reply. */
const REQUESTS: readonly (readonly [name: string, request: string, statuses: readonly number[]])[] = [
  ['a header of 20 KB', requestText('GET /health', [`x: ${'x'.repeat(20_000)}`]), [431]],
  [
    '3000 headers',
    requestText(
      'GET /health',
      Array.from({ length: 3000 }, (_, i) => `x${i}: ${'v'.repeat(10)}`),
    ),
    [431],
  ],
  ['an address of 20 KB', requestText(`GET /${'x'.repeat(20_000)}`), [414, 431]],
  ['a body of 2 MB of JSON', post('/paper/inference/v3', `{"model_id": "${'x'.repeat(2 ** 21)}"}`), [413]],
  [
    'a declared length of 10 GB',
    requestText('POST /paper/signal', ['content-type: application/json', 'content-length: 9999999999']),
    [413],
  ],
  ['a negative length', requestText('POST /paper/signal', ['content-length: -5']), [400]],
  ['a length that is no number', requestText('POST /paper/signal', ['content-length: many']), [400]],
  ['two lengths', requestText('POST /paper/signal', ['content-length: 2', 'content-length: 3'], '{}'), [400]],
  [
    'a length and chunks',
    requestText('POST /paper/signal', ['content-length: 4', 'transfer-encoding: chunked'], '0\r\n\r\n'),
    [400],
  ],
  ['an unknown transfer encoding', requestText('POST /paper/signal', ['transfer-encoding: gzip']), [400]],
  [
    'a chunk length that is no number',
    requestText(
      'POST /paper/signal',
      ['content-type: application/json', 'transfer-encoding: chunked'],
      'zz\r\n',
    ),
    [400],
  ],
  ['no request at all', 'hello\r\n\r\n', [400]],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
  ['HTTP 9', 'GET /health HTTP/9.9\r\n\r\n', [400, 505]],
  ['a header without a name', requestText('GET /health', [': x']), [400]],
  ['a header with a NUL', requestText('GET /health', ['x: a\0b']), [400]],
  ['a folded header', requestText('GET /health', ['x: a', ' b']), [200, 400]],
  ['no host header', 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n', [400, 200]],
  ['a path with ..', requestText('GET /docs/static/../../../../etc/passwd'), [400, 404]],
  [
    'a path with percent-encoded ..',
    requestText('GET /docs/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd'),
    [400, 403, 404],
  ],
  ['a path with doubly encoded ..', requestText('GET /docs/static/..%252f..%252fetc/passwd'), [404]],
  ['a path with backslashes', requestText('GET /docs/static/..\\..\\etc\\passwd'), [400, 404]],
  ['a percent-encoded NUL', requestText('GET /model-packages/a%00b'), [404]],
  ['a path that is not UTF-8', requestText('GET /model-packages/%ff'), [400]],
  ['a path with half a character', requestText('GET /model-packages/%e2%82'), [400]],
  ['an id of 5000 characters', requestText(`GET /model-packages/${'x'.repeat(5000)}`), [404, 414]],
  ['an absolute URL', requestText('GET http://elsewhere/health'), [421]],
  ['two slashes', requestText('GET //health'), [404]],
  ['an id called __proto__', requestText('GET /model-packages/__proto__'), [404]],
  ['an account called constructor', requestText('GET /paper/account/constructor'), [404]],
  ['TRACE', requestText('TRACE /health'), [404, 405]],
  ['CONNECT', requestText('CONNECT example.com:443'), [0, 400, 404, 405]],
  ['PROPFIND', requestText('PROPFIND /model-packages'), [404, 405]],
  ['an unknown method', requestText('STEAL /health'), [400]],
  ['a lower-case method', requestText('get /health'), [400]],
  ['PUT on a route without it', requestText('PUT /model-packages/ppo_v1'), [405]],
  ['DELETE on a list', requestText('DELETE /model-packages'), [405]],
  ['truncated JSON', post('/paper/signal', '{"model_id": '), [400]],
  ['JSON nested 100,000 deep', post('/paper/signal', '['.repeat(100_000)), [400]],
  ['JSON with __proto__', post('/paper/signal', '{"__proto__": {"model_id": "ppo_v1"}}'), [400]],
  [
    'JSON with constructor.prototype',
    post('/paper/signal', '{"model_id": "ppo_v1", "constructor": {"prototype": {"x": 1}}}'),
    [400],
  ],
  ['a list instead of an object', post('/paper/signal', '[]'), [400]],
  ['NaN', post('/paper/inference/v3', '{"current_price": NaN}'), [400]],
  [
    '1e999',
    post(
      '/paper/inference/v3',
      '{"model_id": "ppo_v1", "symbol": "BTCUSDT", "current_price": 1e999, "account_state": {"equity": 1}}',
    ),
    [400],
  ],
  [
    'plain text instead of JSON',
    requestText('POST /paper/signal', ['content-type: text/plain', 'content-length: 2'], '{}'),
    [415],
  ],
  [
    'JSON of an unknown media type',
    requestText('POST /paper/signal', ['content-type: application/json+evil', 'content-length: 2'], '{}'),
    [415],
  ],
  [
    'a media type of 5000 characters',
    requestText('POST /paper/signal', [`content-type: ${'a'.repeat(5000)}`, 'content-length: 2'], '{}'),
    [415],
  ],
  [
    'a compressed body',
    requestText('POST /paper/signal', ['content-encoding: gzip', ...json('\x1f\x8b')], '\x1f\x8b'),
    [400, 415],
  ],
  ['Accept of an unavailable type', requestText('GET /health', ['accept: image/png']), [200, 406]],
  [
    'Accept-Encoding with 1000 entries',
    requestText('GET /docs/json', [`accept-encoding: ${'gzip,'.repeat(1000)}`]),
    [200],
  ],
  ['If-None-Match of 10 KB', requestText('GET /health', [`if-none-match: ${'"x",'.repeat(2000)}`]), [200]],
  ['a range of a JSON reply', requestText('GET /model-packages', ['range: bytes=0-0']), [200]],
  ['an unknown Expect', requestText('GET /health', ['expect: 200-ok']), [200, 417]],
  ['an upgrade to h2c', requestText('GET /health', ['upgrade: h2c']), [200]],
  ['multipart without a boundary', multipart('', 'multipart/form-data'), [400, 415]],
  [
    'multipart with a boundary of 3000 characters',
    multipart('', `multipart/form-data; boundary=${'B'.repeat(3000)}`),
    [400],
  ],
  ['empty multipart', multipart(''), [400]],
  ['multipart with another boundary than declared', multipart('--C\r\n\r\n--C--\r\n'), [400]],
  ['multipart without an end', multipart(formField('name="name"')), [400]],
  ['a field without a name', multipart(`${formField('filename="x"')}--B--\r\n`), [400]],
  ['a field called __proto__', multipart(`${formField('name="__proto__"')}--B--\r\n`), [400]],
  [
    'a file field called constructor',
    multipart(`${formField('name="constructor"; filename="x"')}--B--\r\n`),
    [400],
  ],
  ['a field twice', multipart(`${formField('name="name"')}${formField('name="name"')}--B--\r\n`), [400]],
  [
    'a file instead of a text field',
    multipart(`${formField('name="name"; filename="../../x"')}--B--\r\n`),
    [400],
  ],
  ['a text instead of a file field', multipart(`${formField('name="forecast_model"')}--B--\r\n`), [400]],
  [
    '100 fields',
    multipart(`${Array.from({ length: 100 }, (_, i) => formField(`name="p${i}"`)).join('')}--B--\r\n`),
    [400, 413],
  ],
  [
    '20 files',
    multipart(
      `${Array.from({ length: 20 }, (_, i) => formField(`name="f${i}"; filename="f"`)).join('')}--B--\r\n`,
    ),
    [400, 413],
  ],
  ['a name of 2 MB', multipart(`${formField('name="name"', 'x'.repeat(2 ** 21))}--B--\r\n`), [400, 413]],
  [
    'a field with 200 headers',
    multipart(
      `--B\r\n${'x: y\r\n'.repeat(200)}content-disposition: form-data; name="name"\r\n\r\nx\r\n--B--\r\n`,
    ),
    [400],
  ],
  [
    'a field with a header of 100 KB',
    multipart(`--B\r\nx: ${'y'.repeat(100_000)}\r\n\r\nx\r\n--B--\r\n`),
    [400],
  ],
];

describe('malformed requests', () => {
  test('get a proper reply that reveals no internals, and the service keeps working', async () => {
    const wrong: string[] = [];
    for (const [name, request, statuses] of REQUESTS) {
      const reply = await sendBytes(service.url, Buffer.from(request, 'latin1'));
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? 0);
      const revealing = /node_modules|\.[jt]s:\d|root:x:0|at async/.test(reply);
      if (!statuses.includes(status) || revealing) wrong.push(`${name}: ${status} ${reply.slice(0, 500)}`);
    }
    expect(wrong).toEqual([]);
    await expectHealthy();
    await waitUntil('no upload is staged', () => stagedUploads().length === 0);
    report('malformed requests', { sent: REQUESTS.length });
  });

  test('may be random bytes', async () => {
    const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 400 }), {
      numRuns: repetitions(300, 30),
      seed: 20_261_124,
    });
    const start = 'POST /paper/signal HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n';
    for (const [index, bytes] of garbage.entries()) {
      const request = [index % 2 === 0 ? '' : start, Buffer.from(bytes), '\r\n\r\n'];
      await sendBytes(service.url, Buffer.concat(request.map((piece) => Buffer.from(piece as string))));
    }
    await expectHealthy();
    report('random bytes', { connections: garbage.length });
  });
});

describe('misbehaving clients', () => {
  async function uploadBytes(): Promise<{ head: string; body: Buffer }> {
    const encoded = new Response(await packageForm('gamma'));
    const body = Buffer.from(await encoded.arrayBuffer());
    const type = encoded.headers.get('content-type');
    return {
      head: requestText('POST /model-packages/upload', [
        `content-type: ${type}`,
        `content-length: ${body.length}`,
      ]),
      body,
    };
  }

  test('aborted uploads leave no file and no handle behind', async () => {
    const { head, body } = await uploadBytes();
    await waitUntil('no upload is staged', () => stagedUploads().length === 0);
    const { pid } = service.process.child;
    const before = openHandles(pid);
    const count = repetitions(300, 40);
    for (let n = 0; n < count; n++) {
      const socket = await connectTo(service.url);
      socket.write(head);
      socket.write(body.subarray(0, Math.floor((body.length * n) / count)));
      if (n % 3 !== 0) await delay(n % 5);
      if (n % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    }
    await waitUntil('no upload is staged', () => stagedUploads().length === 0);
    await waitUntil(`no more than ${before} + 2 open handles`, () => openHandles(pid) <= before + 2);
    expect(((await (await fetch(`${service.url}/model-packages`)).json()) as object[]).length).toBe(1);
    report('aborted uploads', { aborted: count, 'handles before': before, after: openHandles(pid) });
  });

  test('slow clients do not delay others', async () => {
    const sockets = await Promise.all(
      Array.from({ length: repetitions(200, 50) }, () => connectTo(service.url)),
    );
    for (const [index, socket] of sockets.entries()) {
      socket.write(
        index % 2 === 0
          ? 'GET /health HTTP/1.1\r\nhost: localhost\r\nx: '
          : 'POST /paper/signal HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      );
    }
    for (let n = 0; n < 20; n++) {
      await expectHealthy();
      for (const socket of sockets) socket.write('a');
    }
    const before = openHandles(service.process.child.pid);
    for (const socket of sockets) socket.destroy();
    await waitUntil(
      'handles of slow clients are closed',
      () => openHandles(service.process.child.pid) <= before - sockets.length,
    );
    report('slow clients', { connections: sockets.length });
  });
});

test('the log shows none of this as an internal error', () => {
  expect(service.process.output()).not.toMatch(/"level":(50|60)|INTERNAL|Unhandled|TypeError|RangeError/);
});
