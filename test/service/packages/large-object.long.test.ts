import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createObjectStore } from '../../../src/packages/s3/object-store.ts';
import { startObjectStore } from '../../helper/object-store.ts';
import type { LargeObjectReport } from './large-object.ts';

test('a large file is sent and fetched with flat memory', async () => {
  const store = await startObjectStore();
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-large-object-'));
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const size = 200 * 2 ** 20;
  const child = fork(
    fileURLToPath(new URL('./large-object.ts', import.meta.url)),
    [JSON.stringify([store.location, folder, size])],
    { execArgv: ['--import', 'tsx'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const exited = once(child, 'exit');
  const [report] = (await once(child, 'message')) as [LargeObjectReport];
  await exited;
  expect(report.size).toBe(size);
  expect(report.after - report.before).toBeLessThan(64 * 2 ** 20);
  const objects = createObjectStore(store.location);
  await objects.remove(String(size));
  objects.close();
});
