// promise: docs/security.md "A writer of a registered directory reads nothing else and holds up nothing else"

import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSnapshot } from '../../../src/factor-models/factor-snapshot.ts';
import { openGroupCache } from '../../../src/factor-models/group-cache.ts';
import { listArtifacts } from '../../../src/factor-models/list-artifacts.ts';
import { scanDirectory } from '../../../src/factor-models/scan-directory.ts';
import { createTestScanner, type Directory, makeDirectory } from '../../helper/factor-directory.ts';

// A writer of a registered directory may change anything in it at any time.

let directory: Directory;
let outside: Directory;
let cache: Directory;
beforeEach(async () => {
  [directory, outside, cache] = await Promise.all([makeDirectory(), makeDirectory(), makeDirectory()]);
  await outside.write('secret', 'root:x:0:0\n');
  await directory.write('A_up_factors.txt', 'a\n');
});
afterEach(() => Promise.all([directory, outside, cache].map((one) => one.remove())));

const scan = (linkRoots: readonly string[] = []) =>
  createTestScanner(directory.folder, cache.folder, linkRoots).scan().groups;

/** Lists the directory and reads its first group, then changes it and reads the second. */
async function scanAround(change: () => Promise<void>) {
  const steps = scanDirectory(directory.folder, openGroupCache(cache.folder), {
    sendAll: true,
    linkRoots: [],
  });
  expect(steps.next().value).toMatchObject({ key: 'A_up', factors: ['a'] });
  await change();
  return steps.next().value;
}

describe('between listing and reading', () => {
  test('a named pipe in place of a file is not waited for', async () => {
    await directory.write('B_up_factors.txt', 'b\n');
    const group = await scanAround(async () => {
      await rm(directory.path('B_up_factors.txt'));
      execFileSync('mkfifo', [directory.path('B_up_factors.txt')]);
    });
    expect(group).toMatchObject({
      factors: [],
      warnings: expect.arrayContaining([
        expect.stringContaining('is another file than the one that was listed'),
      ]),
    });
  });

  test.each(['file', 'folder'])('a link in place of a %s is not followed', async (what) => {
    await mkdir(directory.path('sub'));
    await directory.write('sub/B_up_factors.txt', 'b\n');
    await mkdir(outside.path('sub'));
    await outside.write('sub/B_up_factors.txt', 'root:x:0:0\n');
    const group = await scanAround(async () => {
      const name = what === 'file' ? 'sub/B_up_factors.txt' : 'sub';
      await rm(directory.path(name), { recursive: true });
      await symlink(outside.path(name), directory.path(name));
    });
    expect(group).toMatchObject({ key: 'B_up', factors: [] });
  });

  test('a folder that was moved out is not read through a link to it', async () => {
    await mkdir(directory.path('sub'));
    await directory.write('sub/B_up_factors.txt', 'b\n');
    const group = await scanAround(async () => {
      await rename(directory.path('sub'), outside.path('sub'));
      await symlink(outside.path('sub'), directory.path('sub'));
    });
    expect(group).toMatchObject({
      factors: [],
      warnings: expect.arrayContaining([expect.stringContaining('leads out of the registered directory')]),
    });
  });
});

describe('a link', () => {
  test('out of the directory is followed only to a folder that a setting names', async () => {
    await symlink(outside.path('secret'), directory.path('B_up_factors.txt'));
    expect(scan().get('B_up')).toMatchObject({
      factors: [],
      warnings: expect.arrayContaining([expect.stringContaining('FACTOR_LINK_ROOTS')]),
    });
    await cache.remove();
    expect(scan([join(outside.folder, 'missing'), outside.folder]).get('B_up')).toMatchObject({
      factors: ['root:x:0:0'],
    });
  });

  test('within the directory is followed', async () => {
    await symlink(directory.path('A_up_factors.txt'), directory.path('B_up_factors.txt'));
    expect(scan().get('B_up')).toMatchObject({ factors: ['a'] });
  });
});

describe('very many files', () => {
  test('are refused beyond 20,000 groups', async () => {
    for (let from = 0; from < 20_000; from += 1000) {
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) => directory.write(`${from + index}_factors.txt`, '')),
      );
    }
    expect(() => listArtifacts(directory.folder)).toThrow(/more than 20000 groups of artifacts/);
  });

  test('of one symbol are one sentence with some of their names', () => {
    const group = scan().get('A_up')!;
    const many = Array.from({ length: 20_000 }, (_, index) => ({ ...group, key: `A_${index}` }));
    const { warnings } = createSnapshot({ name: 'x', root: '/x', scannedAt: null }, many);
    expect(warnings.find((one) => one.includes('has 20000 groups'))!.length).toBeLessThan(1000);
  });
});
