// promise: docs/security.md "One package cannot starve the others"

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PaperdeskError } from '../../../src/errors.ts';
import { createSupervisor } from '../../../src/models/supervisor.ts';
import type { SupervisorOptions } from '../../../src/models/supervisor-options.ts';
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

describe('a computation that takes too long', () => {
  const limits = { computeTimeoutMs: 1000 };

  test('is ended with the process and not tried again; the calls of others are', async () => {
    const { supervisor, processes } = supervise(limits);
    const other = outcome(supervisor.call<'act'>(act('other')));
    const slow = outcome(supervisor.call<'act'>(act('slow')));
    processes[0]!.begin('slow');
    vi.advanceTimersByTime(1000);
    expect(processes[0]!.killed).toBe(true);
    expect(await slow).toMatchObject({
      code: 'FORECAST_TOO_SLOW',
      message: expect.stringContaining('after 1 s'),
    });
    expect(processes[1]!.models()).toEqual(['other']);
    processes[1]!.answer('other');
    expect(await other).toBeNull();
  });

  test('may take as many times longer as it has windows, from when its model is loaded', async () => {
    const { supervisor, processes } = supervise(limits);
    const batch = {
      kind: 'forecast',
      files: act('a').files,
      windows: new Float32Array(8),
      batch: 8,
    } as const;
    outcome(supervisor.call<'forecast'>(batch));
    vi.advanceTimersByTime(CALL_TIMEOUT_MS - 1);
    processes[0]!.begin('a');
    vi.advanceTimersByTime(7999);
    expect(processes[0]!.killed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(processes[0]!.killed).toBe(true);
  });

  test('is no reason to pause, however often', async () => {
    const { supervisor, processes } = supervise(limits);
    for (let round = 0; round < 5; round++) {
      const slow = outcome(supervisor.call<'act'>(act('slow')));
      processes.at(-1)!.begin('slow');
      vi.advanceTimersByTime(1000);
      expect(await slow).toMatchObject({ code: 'FORECAST_TOO_SLOW' });
    }
    expect(supervisor.status().state).toBe('idle');
  });
});

test('a crash is blamed on the call that was computed, which fails for good after three', async () => {
  const { supervisor, processes } = supervise({ deathsPerCall: 3 });
  const other = outcome(supervisor.call<'act'>(act('other')));
  const deadly = outcome(supervisor.call<'act'>(act('deadly')));
  for (let death = 0; death < 3; death++) {
    // After the first crash they are computed one after the other.
    if (death === 1) processes[1]!.answer('other');
    processes[death]!.begin('deadly');
    processes[death]!.die();
  }
  expect(await deadly).toMatchObject({ code: 'INFERENCE_DIED', message: expect.stringContaining('3 times') });
  expect(await other).toBeNull();
});

test('a call that waits too long fails and says when to retry; what it waits for goes on', async () => {
  const { supervisor, processes } = supervise({ answerWithinMs: 20_000 });
  const first = outcome(supervisor.call<'act'>(act('a')));
  const second = outcome(supervisor.call<'act'>(act('a')));
  vi.advanceTimersByTime(20_000);
  for (const call of [first, second])
    expect(await call).toMatchObject({ code: 'INFERENCE_UNAVAILABLE', retryAfterSeconds: 5 });
  expect([processes.length, processes[0]!.killed, supervisor.status().pending]).toEqual([1, false, 1]);
  processes[0]!.answer('a');
  expect(supervisor.status().pending).toBe(0);
});

test('unloading a model ends its calls, also the one that is computed', async () => {
  const { supervisor, processes } = supervise();
  const running = outcome(supervisor.call<'act'>(act('a')));
  const waiting = outcome(supervisor.call<'act'>(act('a')));
  const other = outcome(supervisor.call<'act'>(act('b')));
  processes[0]!.begin('a');
  const unloading = outcome(supervisor.call<'unload'>({ kind: 'unload', id: 'a' }));
  expect(await waiting).toMatchObject({ code: 'INFERENCE_UNAVAILABLE' });
  vi.advanceTimersByTime(1000);
  expect(processes[0]!.killed).toBe(true);
  expect(await running).toMatchObject({ code: 'INFERENCE_UNAVAILABLE' });
  for (const id of ['a', 'b']) processes[1]!.answer(id);
  expect([await unloading, await other]).toEqual([null, null]);
});

test('a process without calls ends after a while, and the next call starts another', async () => {
  const { supervisor, processes } = supervise({ idleMs: 60_000 });
  const call = outcome(supervisor.call<'act'>(act('a')));
  vi.advanceTimersByTime(59_999);
  processes[0]!.answer('a');
  await call;
  vi.advanceTimersByTime(60_000);
  expect(processes[0]!.disconnected).toBe(true);
  expect(supervisor.status()).toMatchObject({ state: 'idle', models: [] });
  const next = outcome(supervisor.call<'act'>(act('a')));
  processes[0]!.die();
  processes[1]!.answer('a');
  expect([await next, supervisor.status().deaths]).toEqual([null, 0]);
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
  /** Tells that the call of a model is computed now. */
  begin(model: string): void;
  die(): void;
}

/** A supervisor whose processes are controlled by the test. */
function supervise(options: Partial<SupervisorOptions> = {}) {
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
      begin(model) {
        const message = fake.sent.find((one) => modelOf(one) === model);
        events.onMessage({ kind: 'computing', call: message!.call });
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
    ...options,
  });
  return { supervisor, processes };
}

/** A request that computes with a model. */
function act(id: string) {
  const forecaster = { heads: 1, lookback: 1, stride: 1 };
  const files = { id, version: '1', forecastPath: '', policyPath: '', forecaster };
  return { kind: 'act', files, observation: new Float32Array(1) } as const;
}

function modelOf({ request }: ToWorker): string {
  return 'files' in request ? request.files.id : request.id;
}

/** The value or the error of a call, so that no rejection is unhandled. */
function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}
