import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from '../helper/service.ts';
import { gbtree, model } from '../helper/xgboost-writer.ts';
import { hostileFiles, SCAN_ROLES, type ScanRole } from './files-by-role.ts';
import { amount, report } from './run-length.ts';
import { filesBelow, tracesOfExecution, whatIsStored } from './snapshot.ts';

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
  ic: '_ic.csv',
  factors: '_factors.txt',
};
const document = model(gbtree([{ feature: 0, at: 1, left: 1, right: 2 }]));
const MODEL_JSON = JSON.stringify(document, (_key, value: unknown) =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, Number) : value,
);
const GOOD: Readonly<Partial<Record<ScanRole, string>>> = {
  factors: 'a\nb\nc\n',
  ic: 'factor_name,Kendall_tau\na,0.5\n',
  model_json: MODEL_JSON,
};

/** A group with one hostile artifact and the others good; a pickled model stands alone, since JSON would be used. */
async function writeGroup(folder: string, key: string, role: ScanRole, bytes: Buffer): Promise<void> {
  const others = Object.entries(GOOD).filter(
    ([one]) => one !== role && !(role === 'model' && one === 'model_json'),
  );
  for (const [one, text] of others) await writeFile(join(folder, key + SUFFIXES[one as ScanRole]), text);
  await writeFile(join(folder, key + SUFFIXES[role]), bytes);
}

const get = (url: string) => service.app.inject({ url, headers: { authorization } });

test.each(SCAN_ROLES)(
  'hostile %s files are warnings on their groups; the others work, and the directory stays as it is',
  async (role) => {
    const folder = join(root, role);
    await mkdir(folder);
    const files = hostileFiles(role, amount(1, 12));
    for (const [index, { bytes }] of files.entries()) await writeGroup(folder, `H${index}_x`, role, bytes);
    await writeGroup(folder, 'GOOD_x', 'factors', Buffer.from('a\nb\nc\n'));
    const before = [filesBelow(folder), whatIsStored(service.folder)];

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
    const silent = files.filter((_, index) => warningsOf.get(`H${index}_x`)?.length === 0);
    expect(silent.map(({ name }) => name)).toEqual([]);
    expect(warningsOf.get('GOOD_x')).toEqual([]);
    expect((await get(`/api/models/${role}/model/GOOD`)).statusCode).toBe(200);

    expect(filesBelow(folder)).toEqual(before[0]);
    expect(tracesOfExecution()).toEqual([]);
    report(`scan of ${role} files`, { warned: files.length });
  },
  300_000,
);
