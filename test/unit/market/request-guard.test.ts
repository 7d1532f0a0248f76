import { describe, expect, test } from 'vitest';
import { ExchangeFailure, type FailureKind } from '../../../src/market/exchange/failure.ts';
import { createRequestGuard, type WeightUse } from '../../../src/market/exchange/request-guard.ts';
import { silentLog } from '../../helper/log.ts';
import { instantTimers, manualClock } from '../../helper/time.ts';

const NOW = Date.UTC(2025, 10, 20, 12, 0, 40);

function setUp(weight: () => WeightUse | undefined = () => undefined) {
  const timers = instantTimers();
  const clock = manualClock(NOW);
  const guard = createRequestGuard({ clock, timers, log: silentLog, weight });
  return { timers, clock, guard };
}

/** Fails as scripted, then answers. */
function scripted(...failures: (ExchangeFailure | Error)[]) {
  const state = { calls: 0 };
  const request = async () => {
    const failure = failures[state.calls];
    state.calls += 1;
    if (failure !== undefined) throw failure;
    return 'answer';
  };
  return { state, request };
}

const failure = (kind: FailureKind, retryAfterMs?: number) =>
  new ExchangeFailure(kind, `a ${kind}`, { retryAfterMs });
const named = (name: string) => Object.assign(new Error('from ccxt'), { name });

describe('a request', () => {
  test.each([
    ['timeout', failure('timeout')],
    ['network', failure('network')],
    ['server', failure('server')],
    ['malformed', failure('malformed')],
    ["ccxt's RequestTimeout", named('RequestTimeout')],
    ["ccxt's ExchangeNotAvailable", named('ExchangeNotAvailable')],
    ['anything that broke inside ccxt', new TypeError('x is undefined')],
  ])('is made again after %s', async (_name, error) => {
    const { guard, timers } = setUp();
    const { state, request } = scripted(error, error);
    expect(await guard.run(request)).toBe('answer');
    expect(state.calls).toBe(3);
    expect(timers.slept).toEqual([200, 400]);
  });

  test.each([
    ['refused as such', failure('rejected')],
    ["ccxt's BadSymbol", named('BadSymbol')],
  ])('is not made again when it is %s', async (_name, error) => {
    const { guard } = setUp();
    const { state, request } = scripted(error);
    await expect(guard.run(request)).rejects.toMatchObject({ kind: 'rejected' });
    expect(state.calls).toBe(1);
    expect(guard.status().circuit.state).toBe('closed');
  });

  test('is given up after four attempts, and the circuit opens', async () => {
    const { guard, timers } = setUp();
    const { state, request } = scripted(...Array<Error>(9).fill(failure('server')));
    await expect(guard.run(request)).rejects.toMatchObject({ kind: 'server' });
    expect(state.calls).toBe(4);
    expect(guard.status().circuit).toMatchObject({
      state: 'open',
      detail: 'No requests for another 5 s: 4 requests in a row failed; the last one: a server.',
      retryAt: NOW + 5000,
    });
    expect(guard.status().lastError).toEqual({ at: NOW, message: 'a server' });
    await expect(guard.run(request, { patienceMs: 1000 })).rejects.toMatchObject({ retryAfterMs: 5000 });
    expect(state.calls).toBe(4);
    timers.advance(5000);
    expect(guard.status().circuit.state).toBe('half-open');
  });

  test('waits for the Retry-After of a 429, if that is short', async () => {
    const { guard, timers } = setUp();
    const { request } = scripted(failure('rate-limited', 3000));
    expect(await guard.run(request)).toBe('answer');
    expect(timers.slept.reduce((sum, ms) => sum + ms, 0)).toBe(3000);
  });

  test.each([
    ['429 for a minute', failure('rate-limited', 60_000), 60_000],
    ['429 without a time', failure('rate-limited'), 10_000],
    ['429 for a day', failure('rate-limited', 86_400_000), 600_000],
    ['418 for an hour', failure('banned', 3_600_000), 3_600_000],
    ['418 without a time', failure('banned'), 120_000],
    ['451', failure('forbidden'), 120_000],
  ])('is not made for a while after %s', async (_name, error, pause) => {
    const { guard, timers } = setUp();
    const { state, request } = scripted(error);
    await expect(guard.run(request)).rejects.toThrow();
    await expect(guard.run(request)).rejects.toThrow('No requests for another');
    expect(state.calls).toBe(1);
    timers.advance(pause);
    expect(await guard.run(request)).toBe('answer');
    expect(guard.status().circuit.state).toBe('closed');
  });
});

describe('the circuit', () => {
  test('sends one probe at a time, and waits twice as long each time up to a minute', async () => {
    const { guard, timers } = setUp();
    const failing = scripted(...Array<Error>(99).fill(failure('timeout')));
    await expect(guard.run(failing.request)).rejects.toThrow();
    const pauses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const { retryAt } = guard.status().circuit;
      const pause = (retryAt ?? NOW) - NOW;
      pauses.push(pause);
      timers.advance(pause);
      const calls = failing.state.calls;
      const tries = await Promise.allSettled(
        [1, 2, 3].map(() => guard.run(failing.request, { patienceMs: 0 })),
      );
      expect(tries.every(({ status }) => status === 'rejected')).toBe(true);
      expect(failing.state.calls).toBe(calls + 1);
    }
    expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    timers.advance(60_000);
    expect(await guard.run(async () => 'answer')).toBe('answer');
    expect(guard.status()).toMatchObject({ circuit: { state: 'closed', retryAt: null }, lastSuccessAt: NOW });
  });
});

describe('the weight limit', () => {
  const use = (used: number): WeightUse => ({ used, perMinute: 2400, at: NOW });

  test('has a reserve: beyond it requests wait for the next minute', async () => {
    let weight = use(1799);
    const { guard, clock, timers } = setUp(() => weight);
    expect(await guard.run(async () => 'answer')).toBe('answer');
    weight = use(1800);
    await expect(guard.run(async () => 'answer')).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 20_000,
    });
    clock.advance(20_000);
    expect(await guard.run(async () => 'answer')).toBe('answer');
    expect(timers.slept).toEqual([]);
  });
});

test('a request that waits for the next minute ends when the service closes', async () => {
  const closing = new AbortController();
  const clock = manualClock(NOW);
  const timers = instantTimers();
  // As an aborted sleep: no time passes.
  const sleep = async (ms: number) => {
    timers.slept.push(ms);
    if (timers.slept.length > 9) throw new Error('It waits again and again.');
    closing.abort();
  };
  const guard = createRequestGuard({
    ...{ clock, timers: { ...timers, sleep }, log: silentLog, closing: closing.signal },
    weight: () => ({ used: 2400, perMinute: 2400, at: NOW }),
  });
  const { state, request } = scripted();
  await expect(guard.run(request, { patienceMs: 60_000 })).rejects.toThrow('the service is closing');
  expect(state.calls).toBe(0);
  expect(timers.slept).toEqual([20_000]);
});
