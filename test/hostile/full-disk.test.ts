import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { faultsOnDisk } from './consistency.ts';
import { type Answer, ask, freshName, packageForm } from './http-client.ts';
import { amount, report } from './run-length.ts';
import { prepareService, type RunningService, until } from './service-process.ts';
import { makeSmallDisk, type SmallDisk } from './test-disk.ts';

let disk: SmallDisk;
let service: RunningService;
beforeAll(async () => {
  disk = makeSmallDisk();
  service = await prepareService(disk.folder);
  await service.start();
  // Candles that are not stored yet cannot be stored on a full disk, and so not be read.
  const model = `${service.url}/model-packages/ppo_v1`;
  await until('the market is stored', async () => (await ask(model))?.body.warmup_status === 'DONE');
});
afterEach(() => disk.free(service.process.child.pid as number));
afterAll(async () => {
  await service.remove();
  disk.remove();
});

const upload = async (name = freshName('disk')) =>
  (await ask(`${service.url}/model-packages/upload`, {
    method: 'POST',
    body: await packageForm(name),
  })) as Answer;
const createAccount = async (model_id: string) =>
  (await ask(`${service.url}/paper/account/create`, {
    method: 'POST',
    json: { model_id, symbol: 'BTCUSDT' },
  })) as Answer;

async function expectReads(): Promise<void> {
  for (const path of [
    '/health',
    '/model-packages',
    '/model-packages/ppo_v1',
    '/market/candles?symbol=BTCUSDT',
    '/market/status',
  ]) {
    expect((await ask(`${service.url}${path}`))?.status, path).toBe(200);
  }
}

test('a full disk is 507 or 503 with a code; reads go on, and writes as soon as there is room', async () => {
  const pid = service.process.child.pid as number;
  const rounds = amount(10, 2);
  const acknowledged: string[] = [];
  const statuses = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    disk.fill(pid);
    const refused = await upload();
    expect([refused.status, refused.body.code]).toEqual([507, 'DISK_FULL']);
    for (let n = 0; n < 25; n++) {
      const id = freshName('paper_d');
      const { status, body } = await createAccount(id);
      // What still fits into the log of the store is stored, and stays.
      if (status === 201) acknowledged.push(id);
      else expect(['DISK_FULL', 'DATABASE_UNAVAILABLE'], `${status}`).toContain(body.code);
      const what = `accounts ${status}`;
      statuses.set(what, (statuses.get(what) ?? 0) + 1);
    }
    await expectReads();
    disk.free(pid);
    expect((await upload()).status).toBe(201);
    const id = freshName('paper_d');
    expect((await createAccount(id)).status).toBe(201);
    acknowledged.push(id);
  }
  expect(readdirSync(join(service.packages, '.staging'))).toEqual([]);
  for (const id of acknowledged)
    expect((await ask(`${service.url}/paper/account/${id}`))?.body.model_id).toBe(id);
  expect(faultsOnDisk(service)).toEqual([]);
  expect(service.process.child.exitCode).toBe(null);
  report('full disk', { by: disk.kind, times: rounds, ...Object.fromEntries(statuses) });
}, 180_000);

test('a folder of packages that cannot be written is 503; reads go on, and uploads as soon as it can', async () => {
  if (!disk.canProtect) {
    report('read-only folder', { tried: 'not by root without the right to mount; run it as another user' });
    return;
  }
  for (let round = 0; round < amount(5, 1); round++) {
    const place = join(service.packages, '.staging');
    disk.protect(place);
    const refused = await upload();
    expect([refused.status, refused.body.code]).toEqual([503, 'STORE_READ_ONLY']);
    await expectReads();
    expect((await createAccount(freshName('paper_r'))).status).toBe(201);
    disk.allow(place);
    expect((await upload()).status).toBe(201);
  }
  expect(faultsOnDisk(service)).toEqual([]);
}, 120_000);

test('after all this the service starts again with everything there', async () => {
  await service.process.end('SIGTERM');
  await service.start();
  expect(faultsOnDisk(service)).toEqual([]);
  await expectReads();
});
