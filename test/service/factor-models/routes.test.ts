// promise: docs/security.md "A prediction has an end"
// promise: docs/security.md "Names say what they are"

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Directory, makeDirectory, ROOT_OK, SOL } from '../../helper/factor-directory.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { boosterPickle, gbtree, model, snapshot } from '../../helper/xgboost-writer.ts';

let service: TestService;
let directory: Directory;
let authorization: string;

beforeAll(async () => {
  // These tests refresh by hand; watcher.test.ts tests watching.
  service = await startTestService({ env: { MODEL_MANAGER_WATCH_ENABLED: '0' } });
  directory = await makeDirectory(ROOT_OK);
  authorization = `Bearer ${(await service.services.access.createServiceToken('test')).token}`;
  expect(
    (await call('POST', '/api/models', { model_name: 'alpha', root_path: directory.folder })).statusCode,
  ).toBe(200);
});
afterAll(async () => {
  await service.close();
  await directory.remove();
});

function call(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, headers: object = {}) {
  return service.app.inject({
    method,
    url,
    headers: { authorization, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
}
const payloadUrl = '/api/models/alpha/model/SOLUSDT';

describe('the payload', () => {
  test('has an ETag, so that an unchanged payload is not sent again', async () => {
    const first = await call('GET', payloadUrl);
    const tag = String(first.headers.etag);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    for (const known of [tag, tag.replace('W/', ''), `"x", ${tag}`, '*']) {
      const again = await call('GET', payloadUrl, undefined, { 'if-none-match': known });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', tag]);
    }
    expect((await call('GET', payloadUrl, undefined, { 'if-none-match': '"x"' })).statusCode).toBe(200);

    await call('POST', '/api/models/alpha/refresh');
    expect((await call('GET', payloadUrl)).headers.etag).toBe(tag);
    await directory.write(`${SOL}_ic.csv`, 'factor_name,Kendall_tau\nofi_l1,0.5\n');
    await call('POST', '/api/models/alpha/refresh');
    expect((await call('GET', payloadUrl)).headers.etag).not.toBe(tag);
  });

  test.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('is compressed with %s', async (encoding, decompress) => {
    const plain = await call('GET', payloadUrl);
    const answer = await call('GET', payloadUrl, undefined, { 'accept-encoding': encoding });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(decompress(answer.rawPayload).toString())).toEqual(plain.json());
  });

  test('is 404 for a symbol that now has several groups, while the details choose one', async () => {
    const other = 'SOLUSDT_mid_chg_9m';
    await directory.write(`${other}_factors.txt`, 'a\n');
    const refresh = await call('POST', '/api/models/alpha/refresh');
    expect(refresh.json()).toMatchObject({ status: 400, code: 'FACTOR_SYMBOL_DUPLICATE' });
    expect((await call('GET', payloadUrl)).json()).toMatchObject({
      status: 404,
      code: 'FACTOR_PAYLOAD_NOT_FOUND',
    });
    expect((await call('GET', '/api/models/alpha/symbols/SOLUSDT')).json()).toMatchObject({ group_key: SOL });
    const { unlink } = await import('node:fs/promises');
    await unlink(directory.path(`${other}_factors.txt`));
    expect((await call('POST', '/api/models/alpha/refresh')).statusCode).toBe(200);
  });
});

describe('predictions', () => {
  const predict = (body: object, symbol = 'SOLUSDT') =>
    call('POST', `/api/models/alpha/predict/${symbol}`, body);
  const probes = async () =>
    JSON.parse((await readFile(new URL('../../fixtures/factors/expected.json', import.meta.url))).toString());

  test("agree with XGBoost's, by dim and by name", async () => {
    const { probe, prediction, factors } = (await probes()).root_ok[SOL];
    const byDim = (await predict({ rows: probe })).json();
    expect(byDim).toMatchObject({
      model_name: 'alpha',
      symbol: 'SOLUSDT',
      group_key: SOL,
      objective: 'reg:squarederror',
      feature_dim: 12,
    });
    byDim.predictions.forEach((value: number, row: number) => {
      expect(Math.abs(value - prediction[row])).toBeLessThan(1e-5);
    });
    const named = probe.map((row: number[]) =>
      Object.fromEntries(row.map((value, dim) => [factors[dim], value])),
    );
    expect((await predict({ rows: named }, 'solusdt')).json().predictions).toEqual(byDim.predictions);
    const numbered = probe.map((row: number[]) => Object.fromEntries(row.map((value, dim) => [dim, value])));
    expect((await predict({ rows: numbered })).json().predictions).toEqual(byDim.predictions);
  });

  test('treat null and values that are not named as missing', async () => {
    const empty = (await predict({ rows: [{}, Array(12).fill(null)] })).json().predictions;
    expect(empty[0]).toBe(empty[1]);
  });

  test('have a list per row for a model with several outputs', async () => {
    const document = model(gbtree([1, 2], [0, 1]), { classes: 2, objective: 'multi:softprob' });
    await directory.write('XRPUSDT_up_factors.txt', 'a\nb\nc\n');
    await directory.write('XRPUSDT_up_model.pkl', boosterPickle(snapshot(document)));
    await call('POST', '/api/models/alpha/refresh');
    const share = 1 / (1 + Math.E);
    const [[low, high]] = (await predict({ rows: [[0, 0, 0]] }, 'XRPUSDT')).json().predictions;
    expect(Math.abs(low - share) + Math.abs(high - (1 - share))).toBeLessThan(1e-6);
    const margins = await predict({ rows: [[0, 0, 0]], output_margin: true }, 'XRPUSDT');
    expect(margins.json().predictions).toEqual([[1.5, 2.5]]);
  });

  describe('of a model with many classes', () => {
    const KEY = 'MANYUSDT_up';
    async function refreshWith(classes: number, trees: number[]): Promise<string[]> {
      const text = snapshot(model(gbtree(trees), { classes, objective: 'multi:softprob' }));
      await directory.write(`${KEY}_factors.txt`, 'a\nb\nc\n');
      await directory.write(`${KEY}_model.pkl`, boosterPickle(text));
      return (await call('POST', '/api/models/alpha/refresh')).json().warnings;
    }

    test('that its bytes cannot hold are refused when the model is read', async () => {
      expect((await refreshWith(10_000, [1])).join()).toMatch(
        /MANYUSDT_up_model.pkl.*claims 10000 classes or targets in \d+ bytes; at most \d+ are accepted/,
      );
      expect((await predict({ rows: [{}] }, 'MANYUSDT')).json()).toMatchObject({ status: 404 });
    });

    test('are refused beyond a million numbers, and answered up to there', async () => {
      expect((await refreshWith(500, Array(100).fill(1))).join()).not.toContain(KEY);
      const tooMany = (await predict({ rows: Array(4000).fill({}) }, 'MANYUSDT')).json();
      expect(tooMany).toMatchObject({ status: 413, code: 'FACTOR_PREDICTION_TOO_LARGE' });
      expect(tooMany.detail).toBe(
        '4000 rows with 500 outputs each make 2000000 numbers; a request may have 1000000. Send at most 2000 rows.',
      );
      const most = (await predict({ rows: Array(2000).fill({}) }, 'MANYUSDT')).json();
      expect([most.predictions.length, most.predictions[1999].length]).toEqual([2000, 500]);
    });
  });

  test.each([
    [{ rows: [[1, 2]] }, 'FACTOR_ROWS_INVALID', /Row 0 has 2 values.*takes 12/],
    [{ rows: [{ ofi_l1: 1 }, { nope: 1 }] }, 'FACTOR_ROWS_INVALID', /Row 1.*"nope"/],
    [{ rows: [{ 12: 1 }] }, 'FACTOR_ROWS_INVALID', /"12"/],
    [{ rows: [] }, 'FIELD_INVALID', /rows/],
    [{ rows: [['a']] }, 'FIELD_INVALID', /rows/],
    [{}, 'FIELD_INVALID', /rows/],
  ])('refuse %j', async (body, code, sentence) => {
    const answer = (await predict(body)).json();
    expect(answer).toMatchObject({ status: 422, code });
    expect(answer.detail).toMatch(sentence);
  });

  test('stop at the first row that is wrong', async () => {
    const { errors } = (await predict({ rows: [{ ofi_l1: 1 }, 'a', ['b', 'c']] })).json();
    expect(errors).toEqual([{ path: 'rows.1', message: expect.any(String) }]);
  });

  test('are documented with the values of a row', async () => {
    const { paths } = (await call('GET', '/docs/json')).json();
    const { requestBody } = paths['/api/models/{model_name}/predict/{symbol}'].post;
    expect(requestBody.content['application/json'].schema.properties.rows).toMatchObject({
      type: 'array',
      maxItems: 10_000,
      items: { anyOf: [{ type: 'array' }, { type: 'object' }] },
    });
  });
});

test.each(['.', '..', 'a\u202Eb', '\u2800'])(
  'a model cannot be named %j, which does not work in URLs or cannot be seen',
  async (model_name) => {
    const answer = await call('POST', '/api/models', { model_name, root_path: directory.folder });
    expect(answer.json()).toMatchObject({ status: 422, code: 'FIELD_INVALID' });
  },
);

test('removing a model leaves its files, and it can be registered again', async () => {
  const hashes = async () => {
    const names = (await readdir(directory.folder, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    return Promise.all(
      names.map(async ({ parentPath, name }) =>
        createHash('sha256')
          .update(await readFile(`${parentPath}/${name}`))
          .digest('hex'),
      ),
    );
  };
  const before = await hashes();
  expect((await call('DELETE', '/api/models/alpha')).statusCode).toBe(204);
  expect((await call('DELETE', '/api/models/alpha')).json()).toMatchObject({
    status: 404,
    detail: 'model not found: alpha',
  });
  expect((await call('GET', '/api/models')).json()).toEqual({ items: [] });
  expect(await hashes()).toEqual(before);
  const again = await call('POST', '/api/models', { model_name: 'alpha', root_path: directory.folder });
  expect(again.statusCode).toBe(200);
});

test('registrations and their details survive a restart', async () => {
  const before = (await call('GET', '/api/models/alpha/symbols/BTCUSDT')).json();
  await service.restart();
  expect((await call('GET', '/api/models/alpha/symbols/BTCUSDT')).json()).toEqual(before);
});
