import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PaperdeskError } from '../../../src/errors.ts';
import { createSupervisor } from '../../../src/models/supervisor.ts';
import type { StartWorker, WorkerEvents } from '../../../src/models/worker-process.ts';
import type { ToWorker } from '../../../src/models/worker-protocol.ts';
import { silentLog } from '../../helper/log.ts';

const CALL_TIMEOUT_MS = 60_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('calls', () => {
  test('of one model run one after the other, those of several models at the same time', () => {
    const { supervisor, processes } = supervise();
    for (const id of ['a', 'a', 'b', 'a', 'c']) outcome(supervisor.call<'unload'>({ kind: 'unload', id }));
    expect(processes[0]!.models()).toEqual(['a', 'b', 'c']);
    processes[0]!.answer('a');
    expect(processes[0]!.models()).toEqual(['b', 'c', 'a']);
    expect(supervisor.status()).toMatchObject({ state: 'running', pending: 4, deaths: 0 });
  });

  test('are sent to the process up to eight at a time', () => {
    const { supervisor, processes } = supervise();
    for (let id = 0; id < 12; id++) outcome(supervisor.call<'unload'>({ kind: 'unload', id: `${id}` }));
    expect(processes[0]!.sent).toHaveLength(8);
  });

  test('fail with the code that the process answers', async () => {
    const { supervisor, processes } = supervise();
    const failed = supervisor.call<'unload'>({ kind: 'unload', id: 'a' });
    processes[0]!.events.onMessage({ kind: 'failure', call: 1, code: 'HORIZON', detail: 'too short' });
    await expect(failed).rejects.toMatchObject({ code: 'HORIZON', message: 'too short' });
  });
});

describe('when the process dies', () => {
  test('pending calls are tried once more in a new process', async () => {
    const { supervisor, processes } = supervise();
    const call = supervisor.call<'unload'>({ kind: 'unload', id: 'a' });
    processes[0]!.die();
    expect(supervisor.status()).toMatchObject({ deaths: 1, models: [] });
    processes[1]!.answer('a');
    await expect(call).resolves.toBeNull();
  });

  test('for the second time, the call fails and says when to retry', async () => {
    const { supervisor, processes } = supervise();
    const call = outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'a' }));
    processes[0]!.die();
    processes[1]!.die();
    expect(await call).toMatchObject({ code: 'INFERENCE_UNAVAILABLE', retryAfterSeconds: 5 });
    expect(processes).toHaveLength(2);
  });

  test('a call that kills it does not fail other calls', async () => {
    const { supervisor, processes } = supervise();
    const other = outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'first' }));
    const deadly = outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'deadly' }));
    const waiting = outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'deadly' }));
    processes[0]!.die();
    expect(processes[1]!.models()).toEqual(['first']);
    processes[1]!.answer('first');
    expect(processes[1]!.models()).toEqual(['deadly']);
    processes[1]!.die();
    expect(await other).toBeNull();
    expect(await deadly).toMatchObject({ code: 'INFERENCE_UNAVAILABLE' });
    expect(processes[2]!.models()).toEqual(['deadly']);
    processes[2]!.answer('deadly');
    expect(await waiting).toBeNull();
  });

  test('again and again, the pause before a restart grows and calls fail at once', async () => {
    const { supervisor, processes } = supervise();
    const pauses: (number | undefined)[] = [];
    for (let round = 0; round < 9; round++) {
      outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'a' }));
      processes.at(-1)!.die();
      if (supervisor.status().state !== 'resting') continue;
      const refused = await outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'b' }));
      expect(refused).toMatchObject({ code: 'INFERENCE_UNAVAILABLE' });
      const seconds = (refused as PaperdeskError).retryAfterSeconds!;
      pauses.push(seconds);
      vi.advanceTimersByTime(seconds * 1000 - 1);
      expect(supervisor.status().state).toBe('resting');
      vi.advanceTimersByTime(1);
      expect(supervisor.status().state).toBe('idle');
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  test('a success resets the pause', async () => {
    const { supervisor, processes } = supervise();
    for (let round = 0; round < 6; round++) {
      const call = outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'a' }));
      processes.at(-1)!.die();
      processes.at(-1)!.answer('a');
      expect(await call).toBeNull();
    }
    expect(supervisor.status()).toMatchObject({ state: 'running', deaths: 6 });
  });
});

test('a call that takes too long ends the process', async () => {
  const { supervisor, processes } = supervise();
  const call = supervisor.call<'unload'>({ kind: 'unload', id: 'a' });
  vi.advanceTimersByTime(CALL_TIMEOUT_MS - 1);
  expect(processes[0]!.killed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(processes[0]!.killed).toBe(true);
  processes[1]!.answer('a');
  await expect(call).resolves.toBeNull();
});

describe('closing', () => {
  test('rejects pending calls and waits for the end of the process', async () => {
    const { supervisor, processes } = supervise();
    const calls = ['a', 'a'].map((id) => outcome(supervisor.call<'unload'>({ kind: 'unload', id })));
    let closed = false;
    const closing = supervisor.close().then(() => {
      closed = true;
    });
    const rejections = await Promise.all(calls);
    expect(rejections.map((error) => (error as PaperdeskError).code)).toEqual([
      'SHUTTING_DOWN',
      'SHUTTING_DOWN',
    ]);
    expect([processes[0]!.disconnected, closed]).toEqual([true, false]);
    processes[0]!.die();
    await closing;
    await supervisor.close();
    expect(supervisor.status()).toMatchObject({ state: 'closed', deaths: 0, pending: 0 });
    expect(await outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'a' }))).toMatchObject({
      code: 'SHUTTING_DOWN',
    });
    expect(processes).toHaveLength(1);
  });

  test('ends a process that does not end by itself', async () => {
    const { supervisor, processes } = supervise();
    outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'a' }));
    const closing = supervisor.close();
    vi.advanceTimersByTime(10_000);
    expect(processes[0]!.killed).toBe(true);
    await closing;
  });

  test('resolves where no process was started', async () => {
    await expect(supervise().supervisor.close()).resolves.toBeUndefined();
  });
});

interface FakeProcess {
  readonly events: WorkerEvents;
  /** Calls that were sent and are neither answered nor lost. */
  readonly sent: ToWorker[];
  killed: boolean;
  disconnected: boolean;
  models(): string[];
  answer(model: string): void;
  die(): void;
}

/** A supervisor whose processes are controlled by the test. */
function supervise() {
  const processes: FakeProcess[] = [];
  const startWorker: StartWorker = (_, events) => {
    const fake: FakeProcess = {
      events,
      sent: [],
      killed: false,
      disconnected: false,
      models: () => fake.sent.map(modelOf),
      answer(model) {
        const index = fake.sent.findIndex((message) => modelOf(message) === model);
        const [message] = fake.sent.splice(index, 1);
        events.onMessage({ kind: 'answer', call: message!.call, value: null });
      },
      die() {
        fake.sent.length = 0;
        events.onExit('by SIGKILL');
      },
    };
    processes.push(fake);
    return {
      pid: processes.length,
      send: (message) => fake.sent.push(message),
      disconnect() {
        fake.disconnected = true;
      },
      kill() {
        fake.killed = true;
        fake.die();
      },
    };
  };
  const settings = { memoryBudgetBytes: 1, threads: 1 };
  const supervisor = createSupervisor({
    settings,
    startWorker,
    log: silentLog,
    callTimeoutMs: CALL_TIMEOUT_MS,
  });
  return { supervisor, processes };
}

function modelOf({ request }: ToWorker): string {
  return 'files' in request ? request.files.id : request.id;
}

/** The value or the error of a call, so that no rejection is unhandled. */
function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}
