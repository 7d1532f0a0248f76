// promise: docs/security.md "A registered directory is never changed"
// promise: docs/security.md "every byte of a registered directory"

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LONG } from '../helper/run-length.ts';
import { startTestService, type TestService } from '../helper/service.ts';
import { gbtree, model } from '../helper/xgboost-writer.ts';
import { hostileFiles, SCAN_ROLES, type ScanRole } from './files-by-role.ts';
import { report } from './report.ts';
import { listFiles, tracesOfExecution } from './snapshot.ts';

let service: TestService;
let root: string;
let authorization: string;
beforeAll(async () => {
  service = await startTestService({ env: { MODEL_MANAGER_WATCH_ENABLED: '0' } });
  root = await mkdtemp(join(tmpdir(), 'paperdesk-hostile-'));
  authorization = `Bearer ${(await service.services.access.createServiceToken('test')).token}`;
});
afterAll(async () => {
  await service.close();
  await rm(root, { recursive: true, force: true });
});

const SUFFIXES: Readonly<Record<ScanRole, string>> = {
  info: '_info.pkl',
  model: '_model.pkl',
  model_json: '_model.json',
  model_ubj: '_model.ubj',
  ic: '_ic.csv',
  factors: '_factors.txt',
};
const MODEL_JSON = JSON.stringify(
  model(gbtree([{ feature: 0, at: 1, left: 1, right: 2 }])),
  (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, Number) : value,
);
const GOOD_ARTIFACTS: Readonly<Partial<Record<ScanRole, string>>> = {
  factors: 'a\nb\nc\n',
  ic: 'factor_name,Kendall_tau\na,0.5\n',
  model_json: MODEL_JSON,
};

/** Writes a group with one hostile artifact and good others; another form of a model has no JSON, which would be preferred. */
async function writeGroup(folder: string, key: string, role: ScanRole, bytes: Buffer): Promise<void> {
  const others = Object.entries(GOOD_ARTIFACTS).filter(
    ([other]) => other !== role && !(role.startsWith('model') && other === 'model_json'),
  );
  for (const [other, text] of others) await writeFile(join(folder, key + SUFFIXES[other as ScanRole]), text);
  await writeFile(join(folder, key + SUFFIXES[role]), bytes);
}

const get = (url: string) => service.app.inject({ url, headers: { authorization } });

test.each(SCAN_ROLES)(
  'a hostile %s file is a warning on its group; other groups work, and the directory is unchanged',
  async (role) => {
    const folder = join(root, role);
    await mkdir(folder);
    const files = hostileFiles(role, LONG ? 1 : 24);
    for (const [index, { bytes }] of files.entries()) await writeGroup(folder, `H${index}_x`, role, bytes);
    await writeGroup(folder, 'GOOD_x', 'factors', Buffer.from('a\nb\nc\n'));
    const before = listFiles(folder);

    const payload = { model_name: role, root_path: folder };
    const registered = await service.app.inject({
      method: 'POST',
      url: '/api/models',
      headers: { authorization },
      payload,
    });
    expect(registered.json()).toMatchObject({ group_count: files.length + 1 });

    const { items } = (await get(`/api/models/${role}/symbols`)).json() as {
      items: { group_key: string; warnings: string[] }[];
    };
    const warningsOf = new Map(items.map(({ group_key, warnings }) => [group_key, warnings]));
    const withoutWarning = files.filter((_, index) => warningsOf.get(`H${index}_x`)?.length === 0);
    expect(withoutWarning.map(({ name }) => name)).toEqual([]);
    expect(warningsOf.get('GOOD_x')).toEqual([]);
    expect((await get(`/api/models/${role}/model/GOOD`)).statusCode).toBe(200);

    expect(listFiles(folder)).toEqual(before);
    expect(tracesOfExecution()).toEqual([]);
    report(`scan of ${role} files`, { warned: files.length });
  },
);
