// promise: docs/security.md "A writer of a registered directory reads nothing else and holds up nothing else"

import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createFactorWorker, type StartFactorWorker } from '../../../src/factor-models/factor-worker.ts';
import { startWorkerProcess } from '../../../src/factor-models/worker-process.ts';
import { BTC, makeDirectory, ROOT_OK } from '../../helper/factor-directory.ts';
import { isAlive } from '../../helper/process.ts';
import { waitUntil } from '../../helper/wait.ts';

afterEach(() => vi.useRealTimers());

const LIMITS = { callMs: 600_000, silenceMs: 120_000 };

test('a process that hangs in a directory is ended at the limit, and another one reads the others', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const pids: number[] = [];
  const start: StartFactorWorker = (events) => {
    const running = startWorkerProcess(events);
    pids.push(running.pid!);
    return running;
  };
  const worker = createFactorWorker(start, LIMITS);
  onTestFinished(() => worker.close());
  const cache = await makeDirectory();
  onTestFinished(() => cache.remove());
  const before = await worker.call('fingerprint', [ROOT_OK]);

  process.kill(pids[0]!, 'SIGSTOP');
  const hanging = worker.call('fingerprint', ['/hanging']).catch((error: unknown) => error);
  const other = worker.call('fingerprint', [ROOT_OK]);
  const groups: string[] = [];
  const scan = worker.call('scan', [ROOT_OK, cache.folder, true, []], (some) =>
    groups.push(...some.map(({ key }) => key)),
  );
  vi.advanceTimersByTime(LIMITS.silenceMs);
  expect(await hanging).toMatchObject({
    code: 'FACTOR_SCAN_TIMEOUT',
    message: expect.stringContaining('within 120 s'),
  });
  expect(await other).toBe(before);
  await scan;
  expect(groups).toContain(BTC);
  expect(pids).toHaveLength(2);
  vi.useRealTimers();
  await waitUntil('the process that hung has ended', () => !isAlive(pids[0]!));
});
