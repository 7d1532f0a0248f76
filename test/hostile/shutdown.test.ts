import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { faultsOnDisk } from './consistency.ts';
import { ask, freshName, packageForm } from './http-client.ts';
import { amount, report } from './run-length.ts';
import { connectTo, prepareService, type RunningService } from './service-process.ts';

let service: RunningService;
beforeEach(async () => {
  service = await prepareService();
});
afterEach(() => service.remove());

test('SIGTERM under load finishes what runs, refuses what comes, closes the store and exits 0', async () => {
  const rounds = amount(10, 1);
  for (let round = 0; round < rounds; round++) {
    const { url, end } = await service.start();
    const stream = await connectTo(url);
    stream.write('GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const idle = await connectTo(url);
    const halfOpen = await connectTo(url);
    halfOpen.write(
      'POST /paper/signal HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    const name = freshName('last');
    const upload = ask(`${url}/model-packages/upload`, { method: 'POST', body: await packageForm(name) });
    let stopped = false;
    const reads = Array.from({ length: 10 }, async () => {
      while (!stopped) {
        const answer = await ask(`${url}/paper/account/ppo_v1`);
        if (answer === undefined) return;
        expect([200, 503]).toContain(answer.status);
      }
    });
    await delay(100 + round * 30);
    const code = await end('SIGTERM');
    stopped = true;
    await Promise.all(reads);
    expect(code).toBe(0);
    expect(existsSync(`${service.database}-wal`)).toBe(false);
    expect(await ask(`${url}/health`)).toBe(undefined);
    for (const socket of [stream, idle, halfOpen]) socket.destroy();
    const answered = await upload;
    if (answered?.status === 201) {
      const next = await service.start();
      expect((await ask(`${next.url}/model-packages/${name}`))?.status).toBe(200);
      expect(faultsOnDisk(service)).toEqual([]);
      await next.end('SIGTERM');
    }
  }
  report('shutdowns', { rounds });
}, 300_000);

test('the commands back a running service up and bring it back', async () => {
  const { url } = await service.start();
  const name = freshName('kept');
  expect(
    (await ask(`${url}/model-packages/upload`, { method: 'POST', body: await packageForm(name) }))?.status,
  ).toBe(201);
  const run = (command: string, args: string[], home: string) =>
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
  expect((await run('backup', ['--to', folder], service.folder)).stdout).toMatch(
    /the store and 1 packages, \d+ bytes in 4 files/,
  );
  await expect(run('backup', ['--to', folder], service.folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/holds 3 files/),
  });
  await expect(run('restore', [], service.folder)).rejects.toMatchObject({ code: 2 });
  await expect(run('restore', ['--from', folder], service.folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is there already/),
  });

  const place = join(service.folder, 'restored');
  expect((await run('restore', ['--from', folder], place)).stdout).toMatch(/Restored the store of/);
  const restored = await prepareService(place);
  try {
    const next = await restored.start();
    expect((await ask(`${next.url}/model-packages/${name}`))?.status).toBe(200);
    expect(faultsOnDisk(restored)).toEqual([]);
  } finally {
    await restored.remove();
  }
}, 120_000);
