// promise: docs/security.md "A writer of a registered directory reads nothing else and holds up nothing else"

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createFactorWorker,
  type StartFactorWorker,
  type WorkerEvents,
} from '../../../src/factor-models/factor-worker.ts';
import type { MessageToWorker } from '../../../src/factor-models/worker-protocol.ts';

const LIMITS = { callMs: 10_000, silenceMs: 1000 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface FakeWorker {
  readonly events: WorkerEvents;
  readonly sent: MessageToWorker[];
  ended: boolean;
}

/** @param canEnd false for workers that hang in the system */
function start({ canEnd = true } = {}) {
  const workers: FakeWorker[] = [];
  const startWorker: StartFactorWorker = (events) => {
    const fake: FakeWorker = { events, sent: [], ended: false };
    workers.push(fake);
    return {
      send: (message) => fake.sent.push(message),
      hold: () => {},
      async end() {
        fake.ended = true;
        if (!canEnd) await new Promise(() => {});
      },
    };
  };
  const worker = createFactorWorker(startWorker, LIMITS);
  const fingerprint = (root: string) => worker.call('fingerprint', [root]).catch((error: unknown) => error);
  return { workers, worker, fingerprint };
}

test('a directory that hangs fails alone: another worker reads the others', async () => {
  const { workers, fingerprint } = start();
  const hanging = fingerprint('/hanging');
  const other = fingerprint('/other');
  vi.advanceTimersByTime(1000);
  expect(await hanging).toMatchObject({
    code: 'FACTOR_SCAN_TIMEOUT',
    message: expect.stringContaining('within 1 s'),
  });
  expect([workers.length, workers[0]!.ended]).toEqual([2, true]);
  // What the ended one still says means nothing.
  workers[0]!.events.onMessage({ call: 2, result: 'wrong' });
  workers[1]!.events.onMessage({ call: workers[1]!.sent[0]!.call, result: 'right' });
  expect(await other).toBe('right');
});

test('a slow directory is read as long as there is progress, up to the limit of a call', async () => {
  const { workers, fingerprint } = start();
  const slow = fingerprint('/slow');
  for (let second = 0; second < 10; second++) {
    expect(workers[0]!.ended).toBe(false);
    workers[0]!.events.onMessage({ call: 1, progress: true });
    vi.advanceTimersByTime(999);
  }
  workers[0]!.events.onMessage({ call: 1, progress: true });
  vi.advanceTimersByTime(10);
  expect(await slow).toMatchObject({ code: 'FACTOR_SCAN_TIMEOUT', message: expect.stringContaining('10 s') });
});

test('a worker that dies fails what it worked on, and nothing else', async () => {
  const { workers, fingerprint } = start();
  const [deadly, other] = [fingerprint('/deadly'), fingerprint('/other')];
  workers[0]!.events.onEnd();
  expect(await deadly).toMatchObject({ code: 'INTERNAL' });
  workers[1]!.events.onMessage({ call: 2, result: 'right' });
  expect(await other).toBe('right');
});

test('closing does not wait for what the system cannot end', async () => {
  const { worker, fingerprint } = start({ canEnd: false });
  const call = fingerprint('/hanging');
  const closing = worker.close();
  expect(await call).toMatchObject({ code: 'SHUTTING_DOWN' });
  await vi.advanceTimersByTimeAsync(2000);
  await closing;
  expect(await fingerprint('/x')).toMatchObject({ code: 'SHUTTING_DOWN' });
});
