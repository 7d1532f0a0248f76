import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/cli/shared/arguments.ts';
import { readLoopOptions } from '../../../src/cli/shared/loop-options.ts';
import { type LoopOptions, runLoop } from '../../../src/tools/loop/trading-loop.ts';

const POLLED = {
  symbol: 'BTCUSDT',
  decided: true,
  action: 'OPEN_LONG',
  reason: null,
  signal: 'LONG',
  confidence: 81,
  actions: ['Opened a long lot.'],
  as_of: '2026-11-26T00:00:00.000Z',
  current_stats: { total_equity: 10_000, open_positions_count: 1 },
};
const NO_MODEL = { code: 'MODEL_NOT_FOUND', detail: 'There is no model "x".' };

type Step =
  | { readonly status: number; readonly body: object; readonly headers?: Record<string, string> }
  | 'down';

/** Runs the loop with these answers, and stops it after the last one. */
async function runWith(steps: readonly Step[], changes: Partial<LoopOptions> = {}) {
  const stop = new AbortController();
  const lines: string[] = [];
  const pauses: number[] = [];
  const paths: string[] = [];
  const remaining = [...steps];
  const code = await runLoop(
    { ...readLoopOptions({}, ['--model-id', 'x']), ...changes },
    {
      async fetch(input) {
        paths.push(new URL(String(input)).pathname);
        const step = remaining.shift();
        if (step === undefined || step === 'down') throw new TypeError('fetch failed');
        return new Response(JSON.stringify(step.body), { status: step.status, headers: step.headers ?? {} });
      },
      print: (line) => void lines.push(line),
      async sleep(ms) {
        pauses.push(ms);
        if (remaining.length === 0) stop.abort();
      },
      stop: stop.signal,
      now: () => Date.UTC(2026, 10, 26, 0, 1),
    },
  );
  return { code, lines, pauses, paths };
}

describe('the loop', () => {
  test('prints one line per poll and waits its interval', async () => {
    const { code, lines, pauses } = await runWith([
      { status: 200, body: POLLED },
      { status: 200, body: { ...POLLED, decided: false, reason: 'DECIDED' } },
    ]);
    expect(code).toBe(0);
    expect(pauses).toEqual([60_000, 60_000]);
    expect(lines).toEqual([
      '2026-11-26T00:01:00.000Z x BTCUSDT candle 2026-11-26T00:00Z LONG 81 % -> OPEN_LONG | equity 10000.00 USDT, 1 open | Opened a long lot.',
      expect.stringContaining('-> OPEN_LONG (DECIDED)'),
    ]);
  });

  test('retries with backoff while the service is unreachable', async () => {
    const { pauses, lines, code } = await runWith([
      'down',
      'down',
      { status: 503, body: { code: 'OVERLOADED', detail: 'Too much.' }, headers: { 'retry-after': '30' } },
      { status: 200, body: POLLED },
      'down',
    ]);
    expect(code).toBe(0);
    expect(pauses).toEqual([1000, 2000, 30_000, 60_000, 1000]);
    expect(lines[0]).toContain('does not answer: fetch failed. Trying again in 1 s.');
  });

  test.each([404, 409, 401, 400])('exits with 2 after a refusal with %i', async (status) => {
    const { code, lines } = await runWith([{ status, body: NO_MODEL }]);
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining('There is no model "x". (MODEL_NOT_FOUND)')]);
  });

  test('polls once with --once', async () => {
    expect(await runWith([{ status: 200, body: POLLED }], { once: true })).toMatchObject({
      code: 0,
      pauses: [],
    });
    expect(await runWith(['down'], { once: true })).toMatchObject({ code: 1, pauses: [] });
  });

  test('creates the account first with --create-account', async () => {
    const steps: Step[] = [
      'down',
      { status: 201, body: {} },
      { status: 200, body: POLLED },
      { status: 200, body: POLLED },
    ];
    const { paths } = await runWith(steps, { createAccount: true });
    expect(paths).toEqual([
      '/paper/account/create',
      '/paper/account/create',
      '/paper/signal',
      '/paper/signal',
    ]);
  });
});

test.each([
  [[], '--model-id is missing'],
  [['--model-id', 'x', '--interval', '0'], '--interval must be at least 1 second'],
  [['--model-id', 'x', '--nonsense'], 'nonsense'],
])('refuses %j', (args, message) => {
  expect(() => readLoopOptions({}, args)).toThrow(UsageError);
  expect(() => readLoopOptions({}, args)).toThrow(message);
});
