import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyPackage, openPackageArchive, type PackageArchive } from '../../../src/packages/copy-package.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { relativePath, storedFile } from '../../../src/packages/stored-file.ts';
import { startObjectStore, type TestObjectStore } from '../../helper/object-store.ts';

const CONTENTS = {
  'forecast_model.pt': 'forecaster',
  'ppo_policy.zip': 'policy',
  'manifest.json': '{}',
} as const;
const FILES = Object.entries(CONTENTS).map(([name, text]) => ({
  name,
  size: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
}));

let store: TestObjectStore;
let folder: string;
let from: PackageArchive;
let objects: PackageArchive;
beforeEach(async () => {
  store = await startObjectStore();
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-copy-'));
  await mkdir(join(folder, 'alpha'));
  for (const [name, text] of Object.entries(CONTENTS)) await writeFile(join(folder, 'alpha', name), text);
  from = await openPackageArchive({ kind: 'folder', folder });
  objects = await openPackageArchive(store.location);
});
afterEach(async () => {
  objects.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function packageAt(forecast: string, policy: string): ModelPackage {
  const model: Partial<ModelPackage> = {
    id: 'alpha',
    files: FILES,
    forecast: storedFile(forecast, FILES),
    policy: storedFile(policy, FILES),
  };
  return model as ModelPackage;
}

const inFolder = () =>
  packageAt(
    relativePath(join(folder, 'alpha', 'forecast_model.pt')),
    relativePath(join(folder, 'alpha', 'ppo_policy.zip')),
  );

test('a package is copied to an object store and back, with its manifest; a second copy sends nothing', async () => {
  const there = await copyPackage(inFolder(), from, objects);
  expect(there).toEqual({
    forecast_rel_path: `s3:${FILES[0]!.sha256}/copy-of-alpha`,
    ppo_rel_path: `s3:${FILES[1]!.sha256}/copy-of-alpha`,
    scaler_rel_path: null,
    vec_normalize_rel_path: null,
  });
  store.requests.length = 0;
  await copyPackage(inFolder(), from, objects);
  expect(store.requests.filter((line) => line.startsWith('PUT'))).toEqual([]);

  const back = await openPackageArchive({ kind: 'folder', folder: join(folder, 'back') });
  const moved = packageAt(there.forecast_rel_path, there.ppo_rel_path);
  expect([from.has(inFolder()), from.has(moved), objects.has(moved)]).toEqual([true, false, true]);
  const here = await copyPackage(moved, objects, back);
  expect(here.forecast_rel_path).toBe(relativePath(join(folder, 'back', 'alpha', 'forecast_model.pt')));
  expect((await readdir(join(folder, 'back', 'alpha'))).sort()).toEqual(Object.keys(CONTENTS).sort());
  for (const [name, text] of Object.entries(CONTENTS))
    expect(await readFile(join(folder, 'back', 'alpha', name), 'utf8')).toBe(text);
});

test('a file that is missing or not the uploaded one is named and not copied', async () => {
  await writeFile(join(folder, 'alpha', 'ppo_policy.zip'), 'poLicy');
  await expect(copyPackage(inFolder(), from, objects)).rejects.toMatchObject({
    code: 'PACKAGE_FILE_CORRUPT',
    message: expect.stringContaining('ppo_policy.zip'),
  });
  const policy = { ...FILES[1]!, location: `s3:${FILES[1]!.sha256}/copy-of-alpha` };
  expect(await objects.size(policy)).toBeUndefined();
  await rm(join(folder, 'alpha', 'ppo_policy.zip'));
  await expect(copyPackage(inFolder(), from, objects)).rejects.toMatchObject({
    code: 'PACKAGE_FILE_MISSING',
  });
});
