import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { workerEnvironment } from '../../../src/models/worker-process.ts';

test('the process gets nothing secret from the environment', () => {
  expect(
    workerEnvironment({
      PATH: '/usr/bin',
      TZ: 'UTC',
      NODE_ENV: 'production',
      NODE_OPTIONS: '--inspect',
      JWT_SECRET: 'secret',
      ADMIN_PASSWORD: 'secret',
      DATABASE_PATH: '/data',
    }),
  ).toEqual({ PATH: '/usr/bin', TZ: 'UTC', NODE_ENV: 'production', MALLOC_ARENA_MAX: '2' });
});

test('the process ends when the service is killed', async () => {
  const service = fork(fileURLToPath(new URL('./service-to-kill.ts', import.meta.url)), {
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
  });
  const [pid] = (await once(service, 'message')) as [number];
  expect(isAlive(pid)).toBe(true);
  service.kill('SIGKILL');
  await once(service, 'exit');
  while (isAlive(pid)) await sleep(20);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
