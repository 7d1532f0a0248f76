// promise: docs/security.md "SIGTERM ends the service within 10 s"

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { ROOT_OK } from '../helper/factor-directory.ts';
import { isAlive } from '../helper/process.ts';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { repetitions } from '../helper/run-length.ts';
import { packageForm } from '../helper/upload.ts';
import { waitUntil } from '../helper/wait.ts';
import { findInconsistencies } from './consistency.ts';
import { createToken } from './create-token.ts';
import { send, uniqueName } from './http-client.ts';
import { connectTo } from './raw-connection.ts';
import { report } from './report.ts';

let service: RestartableService;
beforeAll(async () => {
  service = await prepareService();
});
afterEach(() => service.process.end('SIGTERM'));
afterAll(() => service.remove());

// Only Linux lists the children of a process.
test.runIf(process.platform === 'linux')(
  'SIGTERM ends the service in time though a forecast and a scan hang',
  async () => {
    const { url, child, end } = await service.start();
    const decide = () => send(`${url}/paper/ml-signal/ppo_v1`);
    const model = `${url}/model-packages/ppo_v1`;
    await waitUntil('the package is warm', async () => (await send(model))?.body.warmup_status === 'DONE');
    expect((await decide())?.status).toBe(200);
    const token = createToken(service.database, 'hung');
    const json = { model_name: 'hung', root_path: ROOT_OK };
    expect((await send(`${url}/api/models`, { method: 'POST', token, json }))?.status).toBe(200);

    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    expect(children.length).toBeGreaterThanOrEqual(3);
    for (const pid of children) process.kill(Number(pid), 'SIGSTOP');
    const hanging = [
      send(`${url}/api/models/hung/refresh`, { method: 'POST', token }),
      // The service polls it by itself, and waits for the forecast.
      send(model, { method: 'PATCH', json: { auto_trade: true } }),
      decide(),
    ];
    await waitUntil('a forecast is under way', async () => {
      const facts = (await send(`${url}/api/system`))?.body.inference as { pending: number };
      return facts.pending > 0;
    });
    expect(await end('SIGTERM'), service.process.output()).toBe(0);
    await Promise.all(hanging);
    for (const pid of children) await waitUntil(`process ${pid} has ended`, () => !isAlive(Number(pid)));
  },
);

test('backup and restore commands work while the service runs', async () => {
  const { url } = await service.start();
  const name = uniqueName('saved');
  expect(
    (await send(`${url}/model-packages/upload`, { method: 'POST', body: await packageForm(name) }))?.status,
  ).toBe(201);
  const runCommand = (command: string, args: string[], home: string) =>
    promisify(execFile)(
      process.execPath,
      [join(PROJECT_ROOT, 'dist', 'src', 'cli', `${command}.js`), ...args],
      {
        env: {
          ...process.env,
          DATABASE_URL: `file:${join(home, 'paperdesk.sqlite')}`,
          MODEL_PACKAGES_DIR: join(home, 'packages'),
        },
      },
    );
  const folder = join(service.folder, 'backup');
  expect((await runCommand('backup', ['--to', folder], service.folder)).stdout).toMatch(
    /the store and 1 package, [\d,]+ bytes in 4 files/,
  );
  await expect(runCommand('backup', ['--to', folder], service.folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is not empty, it has \S+ for example/),
  });
  await expect(runCommand('restore', [], service.folder)).rejects.toMatchObject({ code: 2 });
  await expect(runCommand('restore', ['--from', folder], service.folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/exists already/),
  });

  const restoredFolder = join(service.folder, 'restored');
  expect((await runCommand('restore', ['--from', folder], restoredFolder)).stdout).toMatch(
    /Restored the store of/,
  );
  const restored = await prepareService(restoredFolder);
  try {
    const next = await restored.start();
    expect((await send(`${next.url}/model-packages/${name}`))?.status).toBe(200);
    expect(findInconsistencies(restored)).toEqual([]);
  } finally {
    await restored.remove();
  }
});

test('SIGTERM under load: finishes running requests, refuses new ones, closes the database, exits 0', async () => {
  const rounds = repetitions(10, 1);
  for (let round = 0; round < rounds; round++) {
    const { url, end } = await service.start();
    const stream = await connectTo(url);
    stream.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n');
    const idle = await connectTo(url);
    const halfOpen = await connectTo(url);
    halfOpen.write(
      'POST /paper/signal HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    const name = uniqueName('last');
    const upload = send(`${url}/model-packages/upload`, { method: 'POST', body: await packageForm(name) });
    let stopped = false;
    const reads = Array.from({ length: 10 }, async () => {
      while (!stopped) {
        const reply = await send(`${url}/paper/account/ppo_v1`);
        if (reply === undefined) return;
        expect([200, 503]).toContain(reply.status);
      }
    });
    await delay(100 + round * 30);
    const code = await end('SIGTERM');
    stopped = true;
    await Promise.all(reads);
    expect(code, service.process.output()).toBe(0);
    expect(existsSync(`${service.database}-wal`)).toBe(false);
    expect(await send(`${url}/health`)).toBe(undefined);
    for (const socket of [stream, idle, halfOpen]) socket.destroy();
    const uploaded = await upload;
    if (uploaded?.status === 201) {
      const next = await service.start();
      expect((await send(`${next.url}/model-packages/${name}`))?.status).toBe(200);
      expect(findInconsistencies(service)).toEqual([]);
      await next.end('SIGTERM');
    }
  }
  report('shutdowns', { rounds });
});
