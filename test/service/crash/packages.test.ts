import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadRecording } from '../../../simulator/recording.ts';
import { type RecordedExchange, startRecordedExchange } from '../../../simulator/server.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { type ServiceProcess, startServiceProcess } from '../../helper/process.ts';
import { seededRandom } from '../../helper/random.ts';
import { packageForm } from '../../hostile/http-client.ts';

interface PackageAnswer {
  readonly id: string;
  readonly forecast_rel_path: string;
  readonly warmup_status: string;
  readonly files: { name: string; size: number; sha256: string }[];
}

let folder: string;
let exchange: RecordedExchange;
let service: ServiceProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-crash-'));
  const recording = await loadRecording(join(PROJECT_ROOT, 'recording'));
  exchange = await startRecordedExchange({ recording, clock: Date.now });
});
afterEach(async () => {
  await service?.end('SIGKILL');
  await exchange.close();
  await rm(folder, { recursive: true, force: true });
});

const start = async () => {
  service = await startServiceProcess({
    DATABASE_URL: `file:${join(folder, 'paperdesk.sqlite')}`,
    MODEL_PACKAGES_DIR: join(folder, 'packages'),
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  });
  return service;
};

/** Sends the upload in small pieces with pauses, so that a kill finds every stage of it. */
async function slowly(form: FormData, pauseMs: number) {
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

async function list(url: string): Promise<PackageAnswer[]> {
  return (await (await fetch(`${url}/model-packages`)).json()) as PackageAnswer[];
}

/** Every row has its files, whole; every folder has its row; nothing lies about. */
async function expectWhole(packages: PackageAnswer[]): Promise<void> {
  const uploaded = packages.filter(({ id }) => id !== 'ppo_v1');
  for (const { forecast_rel_path, files } of uploaded) {
    const home = resolve(PROJECT_ROOT, forecast_rel_path, '..');
    expect((await readdir(home)).sort()).toEqual(files.map(({ name }) => name).sort());
    for (const { name, size, sha256 } of files) {
      const bytes = await readFile(join(home, name));
      expect(bytes.length).toBe(size);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  }
  const folders = (await readdir(join(folder, 'packages'))).filter((name) => name !== '.staging').sort();
  expect(folders).toEqual(uploaded.map(({ id }) => id).sort());
  expect(await readdir(join(folder, 'packages', '.staging'))).toEqual([]);
}

test('kill -9 at any moment of an upload, a warm-up or a first decision leaves whole packages or nothing', async () => {
  const random = seededRandom(20261122);
  const acknowledged: string[] = [];
  for (let cycle = 0; cycle < 8; cycle++) {
    const { url, end } = await start();
    const { body, type } = await slowly(await packageForm(`cycle ${cycle}`), 10);
    const sent = fetch(`${url}/model-packages/upload`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      duplex: 'half',
    } as RequestInit).then(
      async (answer) => {
        if (answer.status === 201) acknowledged.push(((await answer.json()) as PackageAnswer).id);
      },
      () => undefined,
    );
    await delay(random() * 400);
    await end('SIGKILL');
    await sent;
  }
  const { url } = await start();
  const packages = await list(url);
  expect(packages.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
  expect(packages.every(({ warmup_status }) => warmup_status !== 'ERROR')).toBe(true);
  await expectWhole(packages);

  await until(async () => (await list(url)).every(({ warmup_status }) => warmup_status === 'DONE'));
}, 180_000);

/** Waits until a condition holds; how long that takes is the machine's matter. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + 30_000;
  while (!(await condition())) {
    expect(Date.now()).toBeLessThan(limit);
    await delay(20);
  }
}

/** Sends half of an upload, the rest only after `finish()`; resolves when the service has begun to store it. */
async function halfSent(url: string, name: string, signal?: AbortSignal) {
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
  const answer = fetch(`${url}/model-packages/upload`, {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type')! },
    body,
    duplex: 'half',
    signal,
  } as RequestInit);
  const status = answer.then(
    (response) => response.status,
    () => 'away',
  );
  await until(async () => (await staged()).length === 1);
  return { status, finish };
}

const staged = () => readdir(join(folder, 'packages', '.staging'));

test('a client that goes away in the middle of an upload leaves nothing behind', async () => {
  const { url } = await start();
  const away = new AbortController();
  const { status, finish } = await halfSent(url, 'gone', away.signal);
  away.abort();
  finish();
  expect(await status).toBe('away');
  await until(async () => (await staged()).length === 0);
  expect((await list(url)).map(({ id }) => id)).toEqual(['ppo_v1']);
});

test('SIGTERM lets an upload under way finish, refuses new requests and exits 0', async () => {
  const { url, end } = await start();
  const { status, finish } = await halfSent(url, 'last');
  const ended = end('SIGTERM');
  await until(async () => {
    const answer = await fetch(`${url}/model-packages`).catch(() => undefined);
    if (answer?.ok) return false;
    expect([503, undefined]).toContain(answer?.status);
    return true;
  });
  finish();
  expect(await status).toBe(201);
  expect(await ended).toBe(0);

  const { url: next } = await start();
  const packages = await list(next);
  expect(packages.map(({ id }) => id)).toContain('last');
  await expectWhole(packages);
});
