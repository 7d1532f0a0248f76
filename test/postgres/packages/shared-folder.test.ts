import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/db/open-database.ts';
import { createPackageRepository } from '../../../src/packages/package-repository.ts';
import { packageRows } from '../../../src/packages/package-rows.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload } from '../../helper/upload.ts';

let nodes: TestService[];
beforeEach(async () => {
  const one = await startTestService();
  nodes = [one, await startTestService({ env: { NODE_NAME: 'second' }, beside: one })];
});
afterEach(async () => {
  for (const node of nodes.reverse()) await node.close();
});

test('nodes that share a folder upload under one name, delete, and remove leftovers at the same time', async () => {
  const [{ config, services }] = nodes as [TestService];
  const database = await openDatabase(config.store);
  const rows = packageRows(createPackageRepository(database));
  let isDone = false;
  const tidying = (async () => {
    const removed: string[] = [];
    while (!isDone) removed.push(...(await services.packageStore.tidy(rows)).removed);
    return removed;
  })();

  const created = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const { app } = nodes[index % 2]!;
      const parts = (await packageParts('gamma')).filter(([name]) => name !== 'name');
      const response = await upload(app, [['name', 'shared'], ...parts]);
      expect(response.statusCode).toBe(201);
      return response.json().id as string;
    }),
  );
  const [first, ...others] = created as [string, ...string[]];
  const { app } = nodes[1]!;
  await app.inject({ method: 'POST', url: `/model-packages/${first}/archive` });
  expect((await app.inject({ method: 'DELETE', url: `/model-packages/${first}` })).statusCode).toBe(204);
  isDone = true;
  // Once its row is deleted, a package is a leftover for the node that looks first.
  expect((await tidying).filter((id) => id !== first)).toEqual([]);
  await database.destroy();

  expect(new Set(created).size).toBe(6);
  const root = join(nodes[0]!.folder, 'packages');
  expect((await readdir(root)).sort()).toEqual(['.staging', ...others].sort());
  expect(await readdir(join(root, '.staging'))).toEqual([]);
  for (const { id, forecast_rel_path, files } of (await app.inject('/model-packages')).json()) {
    if (id === 'ppo_v1') continue;
    const folder = resolve(PROJECT_ROOT, forecast_rel_path, '..');
    expect((await readdir(folder)).sort()).toEqual(files.map(({ name }: { name: string }) => name).sort());
    for (const { name, sha256 } of files) {
      const bytes = await readFile(join(folder, name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  }
});
