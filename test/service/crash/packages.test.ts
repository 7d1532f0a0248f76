import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { seededRandom } from '../../helper/random.ts';
import { prepareService, type RestartableService } from '../../helper/restartable-service.ts';
import { repetitions } from '../../helper/run-length.ts';
import { packageForm } from '../../helper/upload.ts';
import { waitUntil } from '../../helper/wait.ts';

interface PackageAnswer {
  readonly id: string;
  readonly forecast_rel_path: string;
  readonly warmup_status: string;
  readonly files: { name: string; size: number; sha256: string }[];
}

const KILLS = repetitions(8, 3);

let service: RestartableService;
beforeAll(async () => {
  service = await prepareService();
});
afterAll(() => service.remove());

/** Streams an upload in eight pieces with pauses, so that kills hit every stage of it. */
async function streamSlowly(form: FormData, pauseMs: number) {
  const encoded = new Response(form);
  const bytes = new Uint8Array(await encoded.arrayBuffer());
  const size = Math.ceil(bytes.length / 8);
  const body = new ReadableStream({
    async start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
        await delay(pauseMs);
      }
      controller.close();
    },
  });
  return { body, type: encoded.headers.get('content-type')! };
}

function postUpload(url: string, type: string, body: ReadableStream, signal?: AbortSignal) {
  return fetch(`${url}/model-packages/upload`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
    duplex: 'half',
    ...(signal === undefined ? {} : { signal }),
  } as RequestInit);
}

async function listPackages(url: string): Promise<PackageAnswer[]> {
  const packages = (await (await fetch(`${url}/model-packages`)).json()) as PackageAnswer[];
  // Whether their symbols trade is known with the first answer of the exchange, so it may change between two lists.
  return packages.map((one) => ({ ...one, symbol_trades: null }));
}

const stagedUploads = () => readdir(join(service.packages, '.staging'));

/** Expects complete files for every row, a row for every folder, and nothing left over. */
async function expectComplete(packages: PackageAnswer[]): Promise<void> {
  const uploaded = packages.filter(({ id }) => id !== 'ppo_v1');
  for (const { forecast_rel_path, files } of uploaded) {
    const folder = resolve(PROJECT_ROOT, forecast_rel_path, '..');
    expect((await readdir(folder)).sort()).toEqual(files.map(({ name }) => name).sort());
    for (const { name, size, sha256 } of files) {
      const bytes = await readFile(join(folder, name));
      expect(bytes.length).toBe(size);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  }
  const folders = (await readdir(service.packages)).filter((name) => !name.startsWith('.')).sort();
  expect(folders).toEqual(uploaded.map(({ id }) => id).sort());
  expect(await stagedUploads()).toEqual([]);
}

test('kill -9 at any moment of an upload, a warm-up or a first decision leaves complete packages or nothing', async () => {
  const random = seededRandom(20261122);
  const acknowledged: string[] = [];
  for (let cycle = 0; cycle < KILLS; cycle++) {
    const { url, end } = await service.start();
    const { body, type } = await streamSlowly(await packageForm(`cycle ${cycle}`), 10);
    const sent = postUpload(url, type, body).then(
      async (answer) => {
        if (answer.status === 201) acknowledged.push(((await answer.json()) as PackageAnswer).id);
      },
      () => undefined,
    );
    await delay(random() * 400);
    await end('SIGKILL');
    await sent;
  }
  const { url } = await service.start();
  const packages = await listPackages(url);
  expect(packages.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
  expect(packages.every(({ warmup_status }) => warmup_status !== 'ERROR')).toBe(true);
  await expectComplete(packages);

  await waitUntil('all packages are warm', async () =>
    (await listPackages(url)).every(({ warmup_status }) => warmup_status === 'DONE'),
  );
});

/** Sends half of an upload; resolves once the service stores it, and sends the rest on `finish()`. */
async function sendHalf(url: string, name: string, signal?: AbortSignal) {
  const encoded = new Response(await packageForm(name));
  const bytes = new Uint8Array(await encoded.arrayBuffer());
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(bytes.slice(0, bytes.length / 2));
      await finished;
      if (signal?.aborted) return;
      controller.enqueue(bytes.slice(bytes.length / 2));
      controller.close();
    },
  });
  const status = postUpload(url, encoded.headers.get('content-type')!, body, signal).then(
    (response) => response.status,
    () => 'disconnected',
  );
  await waitUntil('the upload is being stored', async () => (await stagedUploads()).length === 1);
  return { status, finish };
}

test('a client that disconnects during an upload leaves nothing behind', async () => {
  const { url } = service;
  const before = await listPackages(url);
  const disconnect = new AbortController();
  const { status, finish } = await sendHalf(url, 'gone', disconnect.signal);
  disconnect.abort();
  finish();
  expect(await status).toBe('disconnected');
  await waitUntil('no upload is staged', async () => (await stagedUploads()).length === 0);
  expect(await listPackages(url)).toEqual(before);
});

test('SIGTERM lets a running upload finish, refuses new requests and exits 0', async () => {
  const { url } = service;
  const { status, finish } = await sendHalf(url, 'last');
  const ended = service.process.end('SIGTERM');
  await waitUntil('new requests are refused', async () => {
    const answer = await fetch(`${url}/model-packages`).catch(() => undefined);
    if (answer?.ok) return false;
    expect([503, undefined]).toContain(answer?.status);
    return true;
  });
  finish();
  expect(await status).toBe(201);
  expect(await ended).toBe(0);

  const { url: next } = await service.start();
  const packages = await listPackages(next);
  expect(packages.map(({ id }) => id)).toContain('last');
  await expectComplete(packages);
});
