import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageParts } from '../helper/upload.ts';
import { amount, report } from './run-length.ts';
import {
  connectTo,
  exchangeBytes,
  handlesOf,
  prepareService,
  type RunningService,
  until,
} from './service-process.ts';

let service: RunningService;
beforeAll(async () => {
  service = await prepareService();
  await service.start();
});
afterAll(() => service.remove());

const staged = () => readdirSync(join(service.packages, '.staging'));
const alive = async () => expect((await fetch(`${service.url}/health`)).status).toBe(200);

/** A request as it stands on the wire, each letter a byte; the connection ends with the answer. */
const wire = (line: string, headers: readonly string[] = [], body = '') =>
  [`${line} HTTP/1.1`, 'host: localhost', 'connection: close', ...headers, '', body].join('\r\n');
const json = (body: string) => ['content-type: application/json', `content-length: ${body.length}`];
const post = (path: string, body: string) => wire(`POST ${path}`, json(body), body);
const multipart = (body: string, type = 'multipart/form-data; boundary=B') =>
  wire('POST /model-packages/upload', [`content-type: ${type}`, `content-length: ${body.length}`], body);
const part = (disposition: string, content = 'x') =>
  `--B\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;

/** Request, and the statuses that are right; 0 is a connection closed without an answer. */
const WIRE: readonly (readonly [name: string, request: string, statuses: readonly number[]])[] = [
  ['a header of 20 KB', wire('GET /health', [`x: ${'x'.repeat(20_000)}`]), [431]],
  [
    '3000 headers',
    wire(
      'GET /health',
      Array.from({ length: 3000 }, (_, i) => `x${i}: ${'v'.repeat(10)}`),
    ),
    [431],
  ],
  ['an address of 20 KB', wire(`GET /${'x'.repeat(20_000)}`), [414, 431]],
  ['a body of 2 MB of JSON', post('/paper/inference/v3', `{"model_id": "${'x'.repeat(2 ** 21)}"}`), [413]],
  [
    'a body that says it is 10 GB',
    wire('POST /paper/signal', ['content-type: application/json', 'content-length: 9999999999']),
    [413],
  ],
  ['a length below 0', wire('POST /paper/signal', ['content-length: -5']), [400]],
  ['a length in words', wire('POST /paper/signal', ['content-length: many']), [400]],
  ['two lengths', wire('POST /paper/signal', ['content-length: 2', 'content-length: 3'], '{}'), [400]],
  [
    'length and chunks',
    wire('POST /paper/signal', ['content-length: 4', 'transfer-encoding: chunked'], '0\r\n\r\n'),
    [400],
  ],
  ['chunks of an unknown coding', wire('POST /paper/signal', ['transfer-encoding: gzip']), [400]],
  [
    'a chunk of a length in words',
    wire('POST /paper/signal', ['content-type: application/json', 'transfer-encoding: chunked'], 'zz\r\n'),
    [400],
  ],
  ['no request at all', 'hello\r\n\r\n', [400]],
  ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
  ['HTTP 9', 'GET /health HTTP/9.9\r\n\r\n', [400, 505]],
  ['a header without a name', wire('GET /health', [': x']), [400]],
  ['a header with a NUL', wire('GET /health', ['x: a\0b']), [400]],
  ['a folded header', wire('GET /health', ['x: a', ' b']), [200, 400]],
  ['no host', 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n', [400, 200]],
  ['a path upwards', wire('GET /docs/static/../../../../etc/passwd'), [400, 404]],
  ['a path upwards in per cent', wire('GET /docs/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd'), [400, 403, 404]],
  ['a path upwards in two codings', wire('GET /docs/static/..%252f..%252fetc/passwd'), [404]],
  ['a path of backslashes', wire('GET /docs/static/..\\..\\etc\\passwd'), [400, 404]],
  ['a NUL in per cent', wire('GET /model-packages/a%00b'), [404]],
  ['a path that is no UTF-8', wire('GET /model-packages/%ff'), [400]],
  ['a path of half a sign', wire('GET /model-packages/%e2%82'), [400]],
  ['an id of 5000 letters', wire(`GET /model-packages/${'x'.repeat(5000)}`), [404, 414]],
  ['an address with a host', wire('GET http://elsewhere/health'), [421]],
  ['two slashes', wire('GET //health'), [404]],
  ['an id called __proto__', wire('GET /model-packages/__proto__'), [404]],
  ['an account called constructor', wire('GET /paper/account/constructor'), [404]],
  ['TRACE', wire('TRACE /health'), [404, 405]],
  ['CONNECT', wire('CONNECT example.com:443'), [0, 400, 404, 405]],
  ['PROPFIND', wire('PROPFIND /model-packages'), [404, 405]],
  ['a method that is not known', wire('STEAL /health'), [400]],
  ['a method in small letters', wire('get /health'), [400]],
  ['PUT where there is none', wire('PUT /model-packages/ppo_v1'), [405]],
  ['DELETE of the list', wire('DELETE /model-packages'), [405]],
  ['JSON that is cut off', post('/paper/signal', '{"model_id": '), [400]],
  ['JSON 100,000 deep', post('/paper/signal', '['.repeat(100_000)), [400]],
  ['JSON with __proto__', post('/paper/signal', '{"__proto__": {"model_id": "ppo_v1"}}'), [400]],
  [
    'JSON with constructor.prototype',
    post('/paper/signal', '{"model_id": "ppo_v1", "constructor": {"prototype": {"x": 1}}}'),
    [400],
  ],
  ['a list for an object', post('/paper/signal', '[]'), [400]],
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
    'text for JSON',
    wire('POST /paper/signal', ['content-type: text/plain', 'content-length: 2'], '{}'),
    [415],
  ],
  [
    'JSON of a made-up type',
    wire('POST /paper/signal', ['content-type: application/json+evil', 'content-length: 2'], '{}'),
    [415],
  ],
  [
    'a type of 5000 letters',
    wire('POST /paper/signal', [`content-type: ${'a'.repeat(5000)}`, 'content-length: 2'], '{}'),
    [415],
  ],
  [
    'a compressed body',
    wire('POST /paper/signal', ['content-encoding: gzip', ...json('\x1f\x8b')], '\x1f\x8b'),
    [400, 415],
  ],
  ['Accept of nothing that there is', wire('GET /health', ['accept: image/png']), [200, 406]],
  [
    'Accept-Encoding of everything',
    wire('GET /docs/json', [`accept-encoding: ${'gzip,'.repeat(1000)}`]),
    [200],
  ],
  ['If-None-Match of 10 KB', wire('GET /health', [`if-none-match: ${'"x",'.repeat(2000)}`]), [200]],
  ['a range of a list', wire('GET /model-packages', ['range: bytes=0-0']), [200]],
  ['Expect of something else', wire('GET /health', ['expect: 200-ok']), [200, 417]],
  ['an upgrade to something else', wire('GET /health', ['upgrade: h2c']), [200]],
  ['multipart without a boundary', multipart('', 'multipart/form-data'), [400, 415]],
  [
    'multipart with a boundary of 3000 letters',
    multipart('', `multipart/form-data; boundary=${'B'.repeat(3000)}`),
    [400],
  ],
  ['multipart that is empty', multipart(''), [400]],
  ['multipart of another boundary', multipart('--C\r\n\r\n--C--\r\n'), [400]],
  ['multipart without an end', multipart(part('name="name"')), [400]],
  ['a part without a name', multipart(`${part('filename="x"')}--B--\r\n`), [400]],
  ['a part called __proto__', multipart(`${part('name="__proto__"')}--B--\r\n`), [400]],
  ['a part called constructor', multipart(`${part('name="constructor"; filename="x"')}--B--\r\n`), [400]],
  ['a part twice', multipart(`${part('name="name"')}${part('name="name"')}--B--\r\n`), [400]],
  ['a file for a text', multipart(`${part('name="name"; filename="../../x"')}--B--\r\n`), [400]],
  ['a text for a file', multipart(`${part('name="forecast_model"')}--B--\r\n`), [400]],
  [
    '100 parts',
    multipart(`${Array.from({ length: 100 }, (_, i) => part(`name="p${i}"`)).join('')}--B--\r\n`),
    [400, 413],
  ],
  [
    '20 files',
    multipart(
      `${Array.from({ length: 20 }, (_, i) => part(`name="f${i}"; filename="f"`)).join('')}--B--\r\n`,
    ),
    [400, 413],
  ],
  ['a name of 2 MB', multipart(`${part('name="name"', 'x'.repeat(2 ** 21))}--B--\r\n`), [400, 413]],
  [
    'a part with 200 headers',
    multipart(
      `--B\r\n${'x: y\r\n'.repeat(200)}content-disposition: form-data; name="name"\r\n\r\nx\r\n--B--\r\n`,
    ),
    [400],
  ],
  [
    'a part with a header of 100 KB',
    multipart(`--B\r\nx: ${'y'.repeat(100_000)}\r\n\r\nx\r\n--B--\r\n`),
    [400],
  ],
];

describe('what stands on the wire', () => {
  test('is answered as it should be, without internals, and the service goes on', async () => {
    const wrong: string[] = [];
    for (const [name, request, statuses] of WIRE) {
      const answer = await exchangeBytes(service.url, Buffer.from(request, 'latin1'));
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
      const tells = /node_modules|\.[jt]s:\d|root:x:0|at async/.test(answer);
      if (!statuses.includes(status) || tells) wrong.push(`${name}: ${status} ${answer.slice(0, 500)}`);
    }
    expect(wrong).toEqual([]);
    await alive();
    await until('nothing staged', () => staged().length === 0);
    report('requests on the wire', { answered: WIRE.length });
  });

  test('may be garbage of any kind', async () => {
    const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 400 }), {
      numRuns: amount(300, 30),
      seed: 20_261_124,
    });
    const start = 'POST /paper/signal HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n';
    for (const [index, bytes] of garbage.entries()) {
      const request = [index % 2 === 0 ? '' : start, Buffer.from(bytes), '\r\n\r\n'];
      await exchangeBytes(service.url, Buffer.concat(request.map((part) => Buffer.from(part as string))));
    }
    await alive();
    report('garbage on the wire', { connections: garbage.length });
  });
});

describe('clients that do not behave', () => {
  async function uploadBytes(): Promise<{ head: string; body: Buffer }> {
    const form = new FormData();
    for (const [name, content] of await packageParts('gamma')) {
      if (typeof content === 'string') form.append(name, content);
      else form.append(name, new Blob([content as Uint8Array<ArrayBuffer>]), name);
    }
    const encoded = new Response(form);
    const body = Buffer.from(await encoded.arrayBuffer());
    const type = encoded.headers.get('content-type');
    return {
      head: wire('POST /model-packages/upload', [`content-type: ${type}`, `content-length: ${body.length}`]),
      body,
    };
  }

  test('half-open uploads leave no file and no handle behind', async () => {
    const { head, body } = await uploadBytes();
    await until('no connection left', () => staged().length === 0);
    const { pid } = service.process.child;
    const before = handlesOf(pid);
    const count = amount(300, 40);
    for (let n = 0; n < count; n++) {
      const socket = await connectTo(service.url);
      socket.write(head);
      socket.write(body.subarray(0, Math.floor((body.length * n) / count)));
      if (n % 3 !== 0) await delay(n % 5);
      if (n % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    }
    await until('all staging folders gone', () => staged().length === 0);
    await until(`${handlesOf(pid)} handles back to ${before}`, () => handlesOf(pid) <= before + 2);
    expect(((await (await fetch(`${service.url}/model-packages`)).json()) as object[]).length).toBe(1);
    report('half-open uploads', { aborted: count, 'handles before': before, after: handlesOf(pid) });
  });

  test('slow ones keep nobody else waiting', async () => {
    const sockets = await Promise.all(Array.from({ length: amount(200, 50) }, () => connectTo(service.url)));
    for (const [index, socket] of sockets.entries()) {
      socket.write(
        index % 2 === 0
          ? 'GET /health HTTP/1.1\r\nhost: localhost\r\nx: '
          : 'POST /paper/signal HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      );
    }
    for (let n = 0; n < 20; n++) {
      await alive();
      for (const socket of sockets) socket.write('a');
    }
    const before = handlesOf(service.process.child.pid);
    for (const socket of sockets) socket.destroy();
    await until(
      'their handles closed',
      () => handlesOf(service.process.child.pid) <= before - sockets.length,
    );
    report('slow clients', { connections: sockets.length });
  });
});

test('nothing that was sent stands in the log as an error of the service', () => {
  expect(service.process.output()).not.toMatch(/"level":(50|60)|INTERNAL|Unhandled|TypeError|RangeError/);
});
