import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemDetails } from '../../../src/http/plugins/problem-details.ts';
import { webPage } from '../../../src/http/plugins/web-page.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

const FOLDER = join(PROJECT_ROOT, 'dist', 'web');

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

describe('the page', () => {
  const get = (url: string, headers: Record<string, string> = {}) => service.app.inject({ url, headers });

  test.each([
    '/',
    '/?model=ppo_v1',
    '/packages',
    '/packages/alpha',
    '/compare',
    '/factor-models/m/S',
    '/system',
    '/access',
  ])('stands at %s', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.body).toContain('<div id="page">');
  });

  test('may load and run only files of the service, and not be framed', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    const directives = Object.fromEntries(
      policy.split(';').map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]),
    );
    expect(directives).toMatchObject({
      'default-src': "'self'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'object-src': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(policy).not.toContain('unsafe');
  });

  test('has no inline script or style', async () => {
    const { body } = await get('/');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(body).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  test('has hashed files that may be cached forever, compressed in advance', async () => {
    for (const name of (await readdir(join(FOLDER, 'assets'))).filter((one) => /\.(js|css)$/.test(one))) {
      const plain = await get(`/assets/${name}`, { 'accept-encoding': 'identity' });
      expect(plain.statusCode).toBe(200);
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(plain.headers['x-content-type-options']).toBe('nosniff');
      for (const [coding, decode] of [
        ['br', brotliDecompressSync],
        ['gzip', gunzipSync],
      ] as const) {
        const answer = await get(`/assets/${name}`, { 'accept-encoding': coding });
        expect(answer.headers['content-encoding']).toBe(coding);
        expect(String(answer.headers.vary)).toMatch(/accept-encoding/i);
        expect(decode(answer.rawPayload).equals(plain.rawPayload)).toBe(true);
      }
    }
  });

  test('has scripts of at most 150 kB in all, as they are sent to a browser', async () => {
    const names = (await readdir(join(FOLDER, 'assets'))).filter((one) => one.endsWith('.js'));
    const sent = await Promise.all(
      names.map((name) => get(`/assets/${name}`, { 'accept-encoding': 'gzip, deflate, br, zstd' })),
    );
    expect(sent.map(({ headers }) => headers['content-encoding'])).toEqual(names.map(() => 'br'));
    const bytes = sent.reduce((sum, { rawPayload }) => sum + rawPayload.length, 0);
    expect(bytes).toBeLessThan(150_000);
  });

  test('is sent again only after a change', async () => {
    const { etag } = (await get('/')).headers;
    expect((await get('/', { 'if-none-match': String(etag) })).statusCode).toBe(304);
  });

  test.each([
    '/assets/nothing.js',
    '/assets/..%2findex.html',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e%2findex.html',
    '/assets/.',
    '/assets/',
    '/assets/a%00b',
  ])('has nothing at %s, and no browser keeps that', async (url) => {
    const answer = await get(url);
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('does not replace routes of the service', async () => {
    for (const url of ['/model-packages', '/health', '/docs/json', '/api/auth/status', '/nothing']) {
      expect((await get(url)).headers['content-type'], url).toMatch(/json/);
    }
  });
});

test('a page that was not built is reported as missing', async () => {
  const app = Fastify();
  for (const name of ['access-control', 'response-headers']) {
    await app.register(
      Object.assign(async () => {}, {
        [Symbol.for('skip-override')]: true,
        [Symbol.for('plugin-meta')]: { name },
      }),
    );
  }
  await app.register(problemDetails);
  await app.register(webPage, { folder: join(service.folder, 'packages') });
  const answer = await app.inject('/');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({
    code: 'PAGE_NOT_BUILT',
    detail: expect.stringMatching(/npm run build/),
  });
  await app.close();
});
