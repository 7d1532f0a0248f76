// promise: docs/security.md "A crash leaves a complete package or nothing"

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { repetitions } from '../helper/run-length.ts';
import { packageForm } from '../helper/upload.ts';
import { waitUntil } from '../helper/wait.ts';
import { findInconsistencies } from './consistency.ts';
import { type Reply, send, uniqueName } from './http-client.ts';
import { report } from './report.ts';
import { makeTestDisk, type TestDisk } from './test-disk.ts';

let disk: TestDisk;
let service: RestartableService;
beforeAll(async () => {
  disk = makeTestDisk();
  service = await prepareService({ folder: disk.folder, isFirstStart: true });
  await service.start();
  // Reads of candles store them first, which a full disk prevents; warm-up stores them all.
  const model = `${service.url}/model-packages/ppo_v1`;
  await waitUntil('candles are stored', async () => (await send(model))?.body.warmup_status === 'DONE');
});
afterEach(() => disk.free(service.process.child.pid as number));
afterAll(async () => {
  await service.remove();
  disk.remove();
});

const upload = async (name = uniqueName('disk')) =>
  (await send(`${service.url}/model-packages/upload`, {
    method: 'POST',
    body: await packageForm(name),
  })) as Reply;
const createAccount = async (model_id: string) =>
  (await send(`${service.url}/paper/account/create`, {
    method: 'POST',
    json: { model_id, symbol: 'BTCUSDT' },
  })) as Reply;

async function expectReads(): Promise<void> {
  for (const path of [
    '/health',
    '/model-packages',
    '/model-packages/ppo_v1',
    '/market/candles?symbol=BTCUSDT',
    '/market/status',
  ]) {
    expect((await send(`${service.url}${path}`))?.status, path).toBe(200);
  }
}

test('writes to a full disk are refused with 507 or 503; reads work, and writes again once there is room', async () => {
  const pid = service.process.child.pid as number;
  const rounds = repetitions(10, 2);
  const acknowledged: string[] = [];
  const statuses = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    disk.fill(pid);
    const refused = await upload();
    expect([refused.status, refused.body.code]).toEqual([507, 'DISK_FULL']);
    for (let n = 0; n < 25; n++) {
      const id = uniqueName('paper_d');
      const { status, body } = await createAccount(id);
      // The database log may have room left: what it accepts must persist.
      if (status === 201) acknowledged.push(id);
      else expect(['DISK_FULL', 'DATABASE_UNAVAILABLE'], `${status}`).toContain(body.code);
      const outcome = `accounts ${status}`;
      statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1);
    }
    await expectReads();
    disk.free(pid);
    expect((await upload()).status).toBe(201);
    const id = uniqueName('paper_d');
    expect((await createAccount(id)).status).toBe(201);
    acknowledged.push(id);
  }
  expect(readdirSync(join(service.packages, '.staging'))).toEqual([]);
  for (const id of acknowledged)
    expect((await send(`${service.url}/paper/account/${id}`))?.body.model_id).toBe(id);
  expect(findInconsistencies(service)).toEqual([]);
  expect(service.process.child.exitCode).toBe(null);
  report('full disk', { by: disk.kind, times: rounds, ...Object.fromEntries(statuses) });
});

test('uploads to a read-only folder are refused with 503; reads work, and uploads again once it is writable', async () => {
  if (!disk.canBeReadOnly) {
    report('read-only folder', { skipped: 'root needs the right to mount for this; run it as another user' });
    return;
  }
  for (let round = 0; round < repetitions(5, 1); round++) {
    const staging = join(service.packages, '.staging');
    disk.makeReadOnly(staging);
    const refused = await upload();
    expect([refused.status, refused.body.code]).toEqual([503, 'STORE_READ_ONLY']);
    await expectReads();
    expect((await createAccount(uniqueName('paper_r'))).status).toBe(201);
    disk.makeWritable(staging);
    expect((await upload()).status).toBe(201);
  }
  expect(findInconsistencies(service)).toEqual([]);
});

test('after these failures the service starts again with all its data', async () => {
  await service.process.end('SIGTERM');
  await service.start();
  expect(findInconsistencies(service)).toEqual([]);
  await expectReads();
});
