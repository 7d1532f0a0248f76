// promise: docs/operations.md "data/package-cache"

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { int8PathOf } from '../../../src/models/int8-file.ts';
import { createFileCache, type FileCache } from '../../../src/packages/s3/file-cache.ts';
import type { StoredFile } from '../../../src/packages/stored-file.ts';
import { silentLog } from '../../helper/log.ts';

let folder: string;
let cache: FileCache;
/** Hashes of the downloads so far. */
let downloads: string[];
/** What the object store gives instead of a file's own bytes. */
let replaced: Map<string, Buffer | Error>;
const contents = new Map<string, Buffer>();

function fileOf(text: string): StoredFile {
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  contents.set(sha256, bytes);
  return { name: 'forecast_model.pt', size: bytes.length, sha256, location: `s3:${sha256}/upload` };
}

function open(maxBytes = 1000): FileCache {
  let ids = 0;
  return createFileCache({
    folder,
    maxBytes,
    async download({ sha256 }) {
      downloads.push(sha256);
      const content = replaced.get(sha256) ?? contents.get(sha256)!;
      if (content instanceof Error) throw content;
      return (async function* () {
        for (const byte of content) yield Uint8Array.of(byte);
      })();
    },
    newId: () => String(++ids),
    log: silentLog,
  });
}

const contentOf = (file: StoredFile) => cache.withPaths([file], ([path]) => readFile(path!, 'utf8'));
const cached = async () => (await readdir(folder)).filter((name) => name !== '.partial').sort();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-cache-'));
  downloads = [];
  replaced = new Map();
  cache = open();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const A = fileOf('a'.repeat(400));
const B = fileOf('b'.repeat(400));
const C = fileOf('c'.repeat(400));

describe('the package cache', () => {
  test('fetches a file once, also for concurrent users and after a restart', async () => {
    expect(await Promise.all([contentOf(A), contentOf(A)])).toEqual([
      `${contents.get(A.sha256)}`,
      expect.any(String),
    ]);
    await contentOf(A);
    cache = open();
    await contentOf(A);
    expect(downloads).toEqual([A.sha256]);
    expect(await readdir(join(folder, '.partial'))).toEqual([]);
  });

  test.each([
    ['other bytes', Buffer.from('x'.repeat(400)), /400 bytes but another hash/],
    ['too few bytes', Buffer.from('a'.repeat(399)), /399 bytes instead of 400/],
    ['too many bytes', Buffer.from('a'.repeat(5000)), /401 bytes instead of 400/],
  ])('refuses %s, and fetches the file anew at the next use', async (_, bytes, sentence) => {
    replaced.set(A.sha256, bytes);
    await expect(contentOf(A)).rejects.toMatchObject({
      code: 'PACKAGE_FILE_CORRUPT',
      message: expect.stringMatching(sentence),
    });
    expect(await cached()).toEqual([]);
    expect(await readdir(join(folder, '.partial'))).toEqual([]);
    replaced.clear();
    expect(await contentOf(A)).toBe('a'.repeat(400));
  });

  test('gives the fault of the object store to all who wait', async () => {
    replaced.set(A.sha256, new PaperdeskError('PACKAGE_STORE_UNAVAILABLE', 'It is down.'));
    const results = await Promise.allSettled([contentOf(A), contentOf(A)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(downloads).toHaveLength(1);
  });

  test('fetches again what is lost, cut, damaged while the service was down, or overwritten', async () => {
    const path = cache.pathOf(A);
    const damages: (() => Promise<unknown>)[] = [
      () => rm(folder, { recursive: true }),
      () => writeFile(path, 'a'.repeat(399)),
      () => writeFile(path, `${'a'.repeat(399)}x`),
      async () => {
        await writeFile(path, `${'a'.repeat(399)}x`);
        cache = open();
      },
    ];
    await contentOf(A);
    for (const [index, damage] of damages.entries()) {
      await damage();
      expect(await contentOf(A)).toBe('a'.repeat(400));
      expect(downloads).toHaveLength(index + 2);
    }
  });

  test('uses a file again that was lost during its use', async () => {
    let uses = 0;
    const result = await cache.withPaths([A], async ([path]) => {
      if (++uses === 1) await rm(folder, { recursive: true });
      return readFile(path!, 'utf8');
    });
    expect([result.length, uses]).toEqual([400, 2]);
    await expect(cache.withPaths([A], () => Promise.reject(new Error('no memory')))).rejects.toThrow(
      'no memory',
    );
  });

  test('evicts the least recently used file with what was derived from it', async () => {
    await contentOf(A);
    await contentOf(B);
    await contentOf(A);
    await writeFile(int8PathOf(cache.pathOf(B)), 'derived');
    await contentOf(C);
    expect(await cached()).toEqual([A.sha256, C.sha256].sort());
  });

  test('counts derived files', async () => {
    await contentOf(A);
    await writeFile(int8PathOf(cache.pathOf(A)), 'd'.repeat(201));
    await contentOf(B);
    expect(await cached()).toEqual([B.sha256]);
  });

  test('after a restart, evicts the file first that was fetched first', async () => {
    await contentOf(A);
    await contentOf(B);
    await utimes(cache.pathOf(B), 1, 1);
    cache = open();
    await contentOf(C);
    expect(await cached()).toEqual([A.sha256, C.sha256].sort());
  });

  test('never evicts files in use, even where they exceed the bound together', async () => {
    await cache.withPaths([A, B], async (paths) => {
      await contentOf(C);
      expect(paths.map((path) => existsSync(path))).toEqual([true, true]);
    });
    await contentOf(C);
    expect(downloads).toHaveLength(3);
  });

  test('takes uploaded files over, and keeps a file that it has', async () => {
    const staged = join(folder, '..', `staged-${A.sha256}`);
    await writeFile(staged, contents.get(A.sha256)!);
    await cache.adopt(A, staged);
    expect(await contentOf(A)).toBe('a'.repeat(400));
    const { ino } = await stat(cache.pathOf(A));
    await writeFile(staged, contents.get(A.sha256)!);
    await cache.adopt(A, staged);
    expect((await stat(cache.pathOf(A))).ino).toBe(ino);
    expect(downloads).toEqual([]);
    await rm(staged);
  });

  test('removes downloads that a process left an hour ago', async () => {
    await contentOf(A);
    for (const [name, seconds] of [
      ['old', 1],
      ['young', Date.now() / 1000],
    ] as const) {
      await writeFile(join(folder, '.partial', name), '');
      await utimes(join(folder, '.partial', name), seconds, seconds);
    }
    await cache.tidy();
    expect(await readdir(join(folder, '.partial'))).toEqual(['young']);
  });
});
