// promise: docs/security.md "every answer of the exchange"

import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../simulator/faults.ts';
import type { StoredCandle } from '../../../src/market/store/candle-repository.ts';
import { createMarketHistory } from '../../../src/market/sync/market-history.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { silentLog } from '../../helper/log.ts';
import { CANDLE, MINUTE, recordedRows, rowsOf } from '../../helper/market.ts';
import { startTestMarket } from '../../helper/test-market.ts';
import { acceleratedTimers } from '../../helper/time.ts';

const NOW = Date.UTC(2025, 10, 27, 10, 31);
const NEWEST = Date.UTC(2025, 10, 27, 10, 15);

/** Its history takes two requests, and not more. */
const PIPELINE = { ...DEFAULT_PIPELINE, historyCandles: 1100 };

const recorded = new Map<number, ReturnType<typeof recordedRows>>();
function recordedWindow(newest: number) {
  const rows =
    recorded.get(newest) ?? recordedRows('15m', newest - (PIPELINE.historyCandles - 1) * CANDLE, newest);
  recorded.set(newest, rows);
  return rows;
}

/** Short, so that an exchange that hangs takes little time. */
const limits = { headersMs: 250, totalMs: 500, bytes: 8 * 1024 * 1024 };

describe('the window after a fault equals the one without it', () => {
  const everywhere: Fault[] = [
    { kind: 'status', status: 503 },
    { kind: 'html' },
    { kind: 'truncated' },
    { kind: 'reset' },
    { kind: 'hang' },
  ];
  const statuses: Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 502 },
    { kind: 'status', status: 429, retryAfterSeconds: 1 },
    { kind: 'status', status: 418, retryAfterSeconds: 1 },
    { kind: 'html', status: 502 },
  ];
  const lists: Fault[] = [
    { kind: 'reset', midBody: true },
    { kind: 'delay', ms: 100 },
    { kind: 'drip', bytes: 1, everyMs: 20 },
    { kind: 'empty' },
    { kind: 'duplicated' },
    { kind: 'unsorted' },
    { kind: 'overlapping' },
    { kind: 'wrong-symbol' },
    { kind: 'garbage' },
    { kind: 'future' },
    { kind: 'clock', offsetMs: 60 * MINUTE },
    { kind: 'clock', offsetMs: -60 * MINUTE },
  ];
  const clocks = lists.filter(({ kind }) => kind === 'clock');
  const byEndpoint = {
    klines: [...everywhere, ...statuses, ...lists],
    fundingRate: [...everywhere, ...lists],
    time: [...everywhere, ...clocks],
    exchangeInfo: everywhere,
    ticker: everywhere,
  } as const;
  const cases = Object.entries(byEndpoint).flatMap(([endpoint, faults]) =>
    faults.map((fault) => [endpoint as keyof typeof byEndpoint, JSON.stringify(fault), fault] as const),
  );

  test.each(cases)('%s %s', async (endpoint, _name, fault) => {
    const { history, server, clock } = await startTestMarket({
      now: NOW - 3 * CANDLE,
      timers: acceleratedTimers(10),
      limits,
    });
    server.faults.add({ endpoint, fault });
    const windows = new Map<string, readonly StoredCandle[]>();
    const readWindow = async () => {
      const window = await history.window('BTCUSDT', PIPELINE).catch(() => undefined);
      if (window !== undefined) windows.set(window.revision, window.candles);
      return window;
    };
    await expect.poll(async () => (await readWindow())?.validity.ok).toBe(true);
    server.faults.add({ endpoint, fault });
    clock.set(NOW);
    await expect.poll(async () => (await readWindow())?.closeTime).toBe(NEWEST + CANDLE);
    // Every window on the way held only recorded candles, not just the last one.
    for (const candles of windows.values()) {
      expect(rowsOf(candles)).toEqual(await recordedWindow((candles.at(-1) as StoredCandle).openTime));
    }
  });
});

test('a store that fails within the status fails the status, and ends nothing', async () => {
  const { repository, ...parts } = await startTestMarket({ now: NOW });
  const lost = new Error('Connection terminated unexpectedly');
  const list = () => Promise.reject(lost);
  const broken = {
    ...repository,
    gaps: { ...repository.gaps, list },
    mismatches: { ...repository.mismatches, list },
  };
  const history = createMarketHistory({
    ...parts,
    ...{ repository: broken, timers: acceleratedTimers(1), log: silentLog },
  });
  // A promise that no code waits for would fail the test run.
  const status = history.symbols([{ symbol: 'BTCUSDT', pipelines: [DEFAULT_PIPELINE] }], []);
  await expect(status).rejects.toBe(lost);
});
