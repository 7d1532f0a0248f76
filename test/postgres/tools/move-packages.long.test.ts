import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openDatabase } from '../../../src/db/open-database.ts';
import { contentOf, writeOldStoreWithFiles } from '../../helper/filled-store.ts';
import { runMove, startMove } from '../../helper/move-command.ts';
import { startObjectStore, type TestObjectStore } from '../../helper/object-store.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';
import { startTestService } from '../../helper/service.ts';

/** In the store; further files of the fixture are not. */
const FILES = ['forecast_model.pt', 'manifest.json', 'ppo_policy.zip', 'scaler.pkl'];

let folder: string;
let source: string;
let packages: string;
let target: Awaited<ReturnType<typeof createTestDatabase>>;
let objects: TestObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-move-packages-'));
  [source, packages] = [join(folder, 'store.sqlite'), join(folder, 'packages')];
  await writeOldStoreWithFiles(source, packages);
  target = await createTestDatabase(inject('postgresUrl')!);
  objects = await startObjectStore();
});
afterEach(async () => {
  await objects.close();
  await target.drop();
  await rm(folder, { recursive: true, force: true });
});

const S3 = 's3://models/packages';
const wayThere = (from = packages): Parameters<typeof runMove> => [
  `file:${source}`,
  target.url,
  ['--packages-from', from, '--packages-to', S3],
  objects.env,
];
const there = (from?: string) => runMove(...wayThere(from));
const sent = () => objects.requests.filter((line) => line.startsWith('PUT')).length;

test('packages go to an object store and come back; a service computes with them there', async () => {
  const first = await startMove(...wayThere()).ended;
  expect(first.code, first.output).toBe(0);
  expect(first.output).toMatch(/Every file has its SHA-256: 4 files of 1 package, [\d,]+ bytes\./);
  const service = await startTestService({ env: { ...objects.env, DATABASE_URL: target.url } });
  try {
    const [beta] = (await service.app.inject('/model-packages'))
      .json()
      .filter(({ id }: { id: string }) => id === 'beta');
    expect(beta.forecast_rel_path).toMatch(/^s3:[0-9a-f]{64}\/copy-of-beta$/);
    expect((await service.app.inject('/paper/ml-signal/beta')).statusCode).toBe(200);
  } finally {
    await service.close();
  }

  const [back, files] = [join(folder, 'back.sqlite'), join(folder, 'back')];
  // The default of --packages-from is MODEL_PACKAGES_DIR.
  const second = await runMove(target.url, `file:${back}`, ['--packages-to', files], objects.env);
  expect(second.code, second.output).toBe(0);
  expect((await readdir(join(files, 'beta'))).sort()).toEqual(FILES);
  for (const name of FILES) {
    expect(await readFile(join(files, 'beta', name))).toEqual(await readFile(join(packages, 'beta', name)));
  }
  const paths = contentOf(back)
    .get('model_packages')!
    .find((row) => row.includes('id=string "beta"'));
  expect(paths).toContain('back/beta/ppo_policy.zip');

  await expectRefusalOfAnotherStore();
});

/** Packages never go below the prefix of another store. */
async function expectRefusalOfAnotherStore(): Promise<void> {
  const [other, files] = [join(folder, 'other.sqlite'), join(folder, 'other-packages')];
  await writeOldStoreWithFiles(other, files);
  const before = sent();
  const { code, output } = await runMove(
    `file:${other}`,
    `file:${join(folder, 'copy.sqlite')}`,
    ['--packages-from', files, '--packages-to', S3],
    objects.env,
  );
  expect(code).toBe(1);
  expect(output).toContain('holds the packages of another database');
  expect(sent()).toBe(before);
}

test('a move stops at packages that are elsewhere or not the uploaded ones, and goes on; the way back restores every row', async () => {
  const elsewhere = await there(join(folder, 'elsewhere'));
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.output).toContain('The files of the package beta are not where --packages-from says');

  const path = join(packages, 'beta', 'ppo_policy.zip');
  const bytes = await readFile(path);
  await writeFile(path, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
  const stopped = await there();
  expect(stopped.code).toBe(1);
  expect(stopped.output).toContain('is not the file that was uploaded');
  await writeFile(path, bytes);
  const before = sent();
  const { code, output } = await there();
  expect(code, output).toBe(0);
  expect(sent() - before).toBeLessThan(FILES.length);

  await expectSameRowsAfterTheWayBack();
});

/** Where the folder of the packages is the same. */
async function expectSameRowsAfterTheWayBack(): Promise<void> {
  const before = join(folder, 'before.sqlite');
  // Copied after the move, which gives a store its id.
  await openDatabase({ kind: 'sqlite', file: source }).then((database) => database.destroy());
  await copyFile(source, before);
  await rm(packages, { recursive: true });
  await rm(source);
  const { code, output } = await runMove(
    target.url,
    `file:${source}`,
    ['--packages-to', packages],
    objects.env,
  );
  expect(code, output).toBe(0);
  expect(contentOf(source)).toEqual(contentOf(before));
}

test('a copy that is damaged in the object store is named, and the target stays unfinished', async () => {
  objects.fault = ({ method, url }) =>
    method === 'GET' && /\/copy-of-beta/.test(url!) ? 'corrupt' : undefined;
  const { code, output } = await there();
  expect(code).toBe(1);
  expect(output).toMatch(/\S+ of the package beta has the SHA-256 [0-9a-f]{64} at s3:/);
  objects.fault = () => undefined;
  const again = await there();
  expect(again.code, again.output).toBe(0);
});
