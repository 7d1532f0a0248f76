// promise: docs/security.md "What was revoked stays revoked"
// promise: docs/operations.md "data/paperdesk.sqlite ("
// promise: docs/operations.md "models/packages/<id>/ "

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withAccess } from '../../../src/auth/with-access.ts';
import { embeddedStore } from '../../../src/cli/shared/embedded-store.ts';
import { createBackup } from '../../../src/tools/backup/create-backup.ts';
import { restoreBackup } from '../../../src/tools/backup/restore-backup.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload } from '../../helper/upload.ts';

const NOW = Date.parse('2026-11-26T00:00:00Z');
let service: TestService;
let work: string;
let to: string;
let count = 0;
beforeAll(async () => {
  service = await startTestService();
  work = await mkdtemp(join(tmpdir(), 'paperdesk-backup-'));
  expect((await upload(service.app, await packageParts('gamma'))).statusCode).toBe(201);
});
afterAll(async () => {
  await service.close();
  await rm(work, { recursive: true, force: true });
});
beforeEach(() => {
  to = join(work, `backup-${++count}`);
});

const live = () => embeddedStore(service.config, 'These tests need them.');
const elsewhere = (name = `place-${count}`) => ({
  databaseFile: join(work, name, 'data', 'store.sqlite'),
  packagesDir: join(work, name, 'models'),
});

test('without a store there is no backup, and it says so', async () => {
  const { databaseFile } = elsewhere('nowhere');
  await expect(createBackup(elsewhere('nowhere'), to, NOW)).rejects.toThrow(
    `There is no store at ${databaseFile}`,
  );
});

test('a backup of a running service is brought back elsewhere, whole', async () => {
  const account = await service.app.inject('/paper/account/gamma');
  const manifest = await createBackup(live(), to, NOW);
  expect(manifest).toMatchObject({ format: 1, created_at: '2026-11-26T00:00:00.000Z' });
  expect(manifest.files.map(({ package_id, name }) => `${package_id}/${name}`).sort()).toEqual([
    'gamma/forecast_model.pt',
    'gamma/ppo_policy.zip',
    'gamma/scaler.pkl',
  ]);
  expect((await readdir(to)).sort()).toEqual(['backup.json', 'packages', 'paperdesk.sqlite']);

  const places = elsewhere();
  await restoreBackup(to, places);
  const restored = await startTestService({
    env: { DATABASE_URL: `file:${places.databaseFile}`, MODEL_PACKAGES_DIR: places.packagesDir },
  });
  try {
    const packages = (await restored.app.inject('/model-packages')).json() as {
      id: string;
      forecast_rel_path: string;
    }[];
    expect(packages.map(({ id }) => id).sort()).toEqual(['gamma', 'ppo_v1']);
    expect(packages.find(({ id }) => id === 'gamma')!.forecast_rel_path).toContain(
      'models/gamma/forecast_model.pt',
    );
    expect((await restored.app.inject('/paper/ml-signal/gamma')).statusCode).toBe(200);
    expect((await restored.app.inject('/paper/account/gamma')).json().created_at).toBe(
      account.json().created_at,
    );
  } finally {
    await restored.close();
  }
});

test('uploads and deletions meanwhile leave every backup whole', async () => {
  const changes = (async () => {
    for (let round = 0; round < 6; round++) {
      const parts = (await packageParts('gamma')).map(
        ([name, content]) => [name, name === 'name' ? `r${round}` : content] as const,
      );
      const { id } = (await upload(service.app, parts)).json();
      await service.app.inject({ method: 'POST', url: `/model-packages/${id}/archive` });
      await service.app.inject({ method: 'DELETE', url: `/model-packages/${id}` });
    }
  })();
  for (let round = 0; round < 3; round++) {
    await createBackup(live(), `${to}-${round}`, NOW);
    await restoreBackup(`${to}-${round}`, elsewhere(`meanwhile-${round}`));
  }
  await changes;
});

describe('a backup is not made', () => {
  test('over anything', async () => {
    await mkdir(to);
    await writeFile(join(to, 'mine.txt'), 'keep');
    await expect(createBackup(live(), to, NOW)).rejects.toThrow(/holds 1 files or folders/);
    expect(await readdir(to)).toEqual(['mine.txt']);
  });

  test('of a store that is not there', async () => {
    await expect(createBackup(elsewhere(), to, NOW)).rejects.toThrow();
    expect((await readdir(work)).filter((name) => name.startsWith(`backup-${count}`))).toEqual([]);
  });

  test('of files that are not those that were uploaded', async () => {
    const path = join(live().packagesDir, 'gamma', 'scaler.pkl');
    const bytes = await readFile(path);
    await writeFile(path, Buffer.concat([bytes, Buffer.from('x')]));
    await expect(createBackup(live(), to, NOW)).rejects.toThrow(/not the file that was uploaded/);
    await writeFile(path, bytes);
  });
});

describe('a backup is not restored', () => {
  test('where there is a store', async () => {
    await createBackup(live(), to, NOW);
    const places = elsewhere();
    await restoreBackup(to, places);
    const before = await readFile(places.databaseFile);
    await expect(restoreBackup(to, places)).rejects.toThrow(/exists already/);
    expect(await readFile(places.databaseFile)).toEqual(before);
    await rm(places.databaseFile);
    await expect(restoreBackup(to, places)).rejects.toThrow(/holds 1 package;/);
    expect(await readdir(join(places.packagesDir, 'gamma'))).toHaveLength(3);
  });

  test.each([
    ['packages/gamma/scaler.pkl', /is not what was backed up/],
    ['paperdesk.sqlite', /is not what was backed up/],
  ])('when %s was changed; nothing stays', async (name, sentence) => {
    await createBackup(live(), to, NOW);
    const path = join(to, name);
    const bytes = await readFile(path);
    bytes[100] = bytes[100]! ^ 1;
    await writeFile(path, bytes);
    const places = elsewhere();
    await expect(restoreBackup(to, places)).rejects.toThrow(sentence);
    expect(await readdir(places.packagesDir)).toEqual([]);
    await expect(readFile(places.databaseFile)).rejects.toThrow('ENOENT');
  });

  test.each([
    ['no manifest', undefined, /cannot be read/],
    ['a manifest that is no JSON', '{', /not the manifest/],
    [
      'a manifest whose names lead elsewhere',
      JSON.stringify({
        format: 1,
        created_at: '2026-01-01T00:00:00Z',
        store: { size: 0, sha256: '0'.repeat(64) },
        files: [{ package_id: '../../up', name: 'scaler.pkl', size: 0, sha256: '0'.repeat(64) }],
      }),
      /not the manifest/,
    ],
  ])('from a folder with %s', async (_, text, sentence) => {
    await mkdir(to);
    if (text !== undefined) await writeFile(join(to, 'backup.json'), text);
    await expect(restoreBackup(to, elsewhere())).rejects.toThrow(sentence);
  });
});

// The last one: from now on the service has a password.
test('what ended after a backup is not valid again; --keep-tokens keeps the service tokens', async () => {
  const { access } = service.services;
  await access.initializePassword('correct horse battery');
  const session = await access.login('correct horse battery', '192.0.2.1');
  const [loop, leaked] = [await access.createServiceToken('loop'), await access.createServiceToken('leaked')];
  await createBackup(live(), to, NOW);
  await access.logout(session.token);
  await access.revokeServiceToken(leaked.id);

  const validIn = ({ databaseFile }: { databaseFile: string }) =>
    withAccess(
      { store: { kind: 'sqlite', file: databaseFile }, tokenTtlMs: 1000 },
      Date.now,
      async (access) => {
        const identified = [session, loop, leaked].map(({ token }) => access.identify(token));
        return (await Promise.allSettled(identified)).map(({ status }) => status === 'fulfilled');
      },
    );
  const restored = await restoreBackup(to, elsewhere());
  expect(restored.tokens.map(({ name }) => name).sort()).toEqual(['leaked', 'loop']);
  expect(await validIn(elsewhere())).toEqual([false, false, false]);

  const kept = elsewhere(`kept-${count}`);
  expect((await restoreBackup(to, kept, true)).tokens).toEqual(restored.tokens);
  expect(await validIn(kept)).toEqual([false, true, true]);
});
