// promise: docs/security.md "The service speaks to no other host"

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createInferenceEngine } from '../../../src/models/engine.ts';
import { createSession } from '../../../src/models/session.ts';
import { workerEnvironment } from '../../../src/models/worker-process.ts';
import { packageFiles, someWindows } from '../../helper/engine-fixtures.ts';
import { silentLog } from '../../helper/log.ts';
import { isAlive } from '../../helper/process.ts';
import { waitUntil } from '../../helper/wait.ts';

afterEach(() => vi.unstubAllEnvs());

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
      ORT_DISABLE_TELEMETRY: '0',
    }),
  ).toEqual({
    PATH: '/usr/bin',
    TZ: 'UTC',
    NODE_ENV: 'production',
    MALLOC_ARENA_MAX: '2',
    ORT_DISABLE_TELEMETRY: '1',
  });
});

test('the process collects no telemetry: it opens and writes only files of the model', async () => {
  const folder = privateFolders();
  const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });
  onTestFinished(() => engine.close());
  await engine.load(packageFiles('alpha'));
  await engine.forecast(packageFiles('alpha'), someWindows(1), 1);

  const { pid } = engine.status();
  if (process.platform === 'linux') {
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')).toContain('ORT_DISABLE_TELEMETRY=1');
    expect(openFiles(pid!).filter(isTelemetry)).toEqual([]);
  }
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['home', 'tmp']);
});

// The first session of a process decides; each test file has a process of its own.
test('a session in this process collects no telemetry', async () => {
  const folder = privateFolders();
  await expect(createSession(new Uint8Array(3), { threads: 1 })).rejects.toThrow(/protobuf/);
  if (process.platform === 'linux') expect(openFiles(process.pid).filter(isTelemetry)).toEqual([]);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['home', 'tmp']);
});

test('the process ends when the service is killed', async () => {
  const service = fork(fileURLToPath(new URL('./service-to-kill.ts', import.meta.url)), {
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
  });
  const [pid] = (await once(service, 'message')) as [number];
  expect(isAlive(pid)).toBe(true);
  service.kill('SIGKILL');
  await once(service, 'exit');
  await waitUntil('the process ends', () => !isAlive(pid));
});

/** A new folder for the home and the temporary folder of this process and its children. */
function privateFolders(): string {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-telemetry-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [variable, name] of Object.entries({ HOME: 'home', TMPDIR: 'tmp' })) {
    mkdirSync(join(folder, name));
    vi.stubEnv(variable, join(folder, name));
  }
  return folder;
}

/** Paths of the files that a process has open; Linux only. */
function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    const link = join(folder, name);
    // The descriptor that read this folder is closed by now.
    return lstatSync(link, { throwIfNoEntry: false }) === undefined ? [] : [readlinkSync(link)];
  });
}

function isTelemetry(path: string): boolean {
  return /\/\.onnxruntime\/|\/mat-debug-/.test(path);
}
