import { describe, expect, test } from 'vitest';
import { type BackfillOrder, backfill } from '../../../src/market/sync/backfill.ts';
import { silentLog } from '../../helper/log.ts';
import { CANDLE, MINUTE, recordedRows, rowsOf, walk } from '../../helper/market.ts';
import { requestCounts, startTestMarket, type TestMarket } from '../../helper/test-market.ts';
import { acceleratedTimers } from '../../helper/time.ts';

const NOW = Date.UTC(2025, 10, 27, 10, 31);
/** Pauses after failures add up to minutes. */
const timers = acceleratedTimers(50);
const DAY = 24 * 60 * MINUTE;
const FROM = Date.UTC(2025, 8, 1);
const TO = FROM + 60 * DAY - CANDLE;

const run = ({ repository, loaders }: TestMarket, order: Partial<BackfillOrder> = {}) =>
  backfill(
    { repository, loaders, timers, log: silentLog },
    { ...{ symbol: 'BTCUSDT', timeframe: '15m', from: FROM, to: TO, onProgress() {} }, ...order },
  );

describe('a backfill', () => {
  test('stores the whole range with its funding, reports progress, and requests nothing twice', async () => {
    const market = await startTestMarket({ now: NOW });
    const progress: number[] = [];
    const result = await run(market, { onProgress: (done, total) => progress.push(done / total) });
    expect(result).toEqual({ candles: 60 * 96, filled: 0, gaps: 0, missing: 0 });
    expect(progress).toEqual([0, 5_000 / (60 * 96), 1]);
    const stored = await market.repository.candles.range('BTCUSDT', '15m', FROM, TO);
    expect(rowsOf(stored)).toEqual(await recordedRows('15m', FROM, TO));
    expect(await market.repository.funding.range('BTCUSDT', FROM, TO)).toHaveLength(60 * 3);
    market.requests.length = 0;
    expect(await run(market)).toEqual(result);
    expect(market.requests).toEqual([]);
    expect(market.server.usedWeight).toBeLessThan(100);
  });

  test('continues after failures of every kind', async () => {
    const market = await startTestMarket({ now: NOW, timers });
    market.server.faults.add(
      { endpoint: 'klines', fault: { kind: 'wrong-symbol' } },
      { endpoint: 'klines', fault: { kind: 'status', status: 429, retryAfterSeconds: 1 }, after: 2 },
      { endpoint: 'klines', fault: { kind: 'truncated' }, after: 1 },
      { endpoint: 'klines', fault: { kind: 'status', status: 503 }, times: 4 },
      { endpoint: 'klines', fault: { kind: 'unsorted' } },
      { endpoint: 'klines', fault: { kind: 'empty' } },
      { endpoint: 'fundingRate', fault: { kind: 'html' }, times: 3 },
    );
    expect(await run(market)).toEqual({ candles: 60 * 96, filled: 0, gaps: 0, missing: 0 });
    expect(market.server.faults.pending).toBe(0);
    const stored = await market.repository.candles.range('BTCUSDT', '15m', FROM, TO);
    expect(rowsOf(stored)).toEqual(await recordedRows('15m', FROM, TO));
  });

  test('that was interrupted requests only what is not stored yet', async () => {
    const market = await startTestMarket({ now: NOW });
    const interrupted = run(market, {
      onProgress(done) {
        if (done > 0) throw new Error('the power failed');
      },
    });
    await expect(interrupted).rejects.toThrow('the power failed');
    market.requests.length = 0;
    expect(await run(market)).toMatchObject({ candles: 60 * 96, missing: 0 });
    expect(requestCounts(market.requests).klines).toBe(1);
  });

  test('fails with the reason when the exchange never answers', async () => {
    const market = await startTestMarket({ now: NOW, timers });
    market.server.faults.add({ endpoint: 'klines', fault: { kind: 'status', status: 451 }, times: 1e9 });
    const order = { symbol: 'BTCUSDT', timeframe: '15m', from: FROM, to: TO, onProgress() {} } as const;
    const { repository, loaders } = market;
    // The pauses add up to half an hour.
    const withoutPauses = { ...timers, sleep: async () => {} };
    await expect(
      backfill({ repository, loaders, timers: withoutPauses, log: silentLog }, order),
    ).rejects.toMatchObject({ code: 'MARKET_UNAVAILABLE' });
    expect(await repository.candles.newest('BTCUSDT', '15m', 1)).toEqual([]);
  });

  test.each([
    ['no funding for 3m', '3m', 480, undefined],
    ['no funding for 1d', '1d', 1, undefined],
    ['funding for 1h, which decisions may be taken on', '1h', 24, 2],
  ] as const)('of other timeframes needs %s', async (_name, timeframe, candlesPerDay, requests) => {
    const market = await startTestMarket({ now: NOW });
    const order = { timeframe, from: FROM, to: FROM + 9 * DAY };
    expect(await run(market, order)).toMatchObject({ candles: 9 * candlesPerDay + 1 });
    expect(requestCounts(market.requests).fundingRate).toBe(requests);
    const stored = await market.repository.candles.range('BTCUSDT', timeframe, order.from, order.to);
    expect(rowsOf(stored)).toEqual(await recordedRows(timeframe, order.from, order.to));
  });

  test('reports candles that the exchange lacks, and the time before the listing', async () => {
    const listed = NOW - (NOW % CANDLE) - 300 * CANDLE;
    const whole = walk({ start: listed, count: 320 });
    const lacks = (index: number) => index >= 100 && index < 112;
    const recording = { ...whole, candles: whole.candles.filter((_, index) => !lacks(index)) };
    const market = await startTestMarket({ now: NOW, recording });
    const order = { symbol: 'ETHUSDT', from: listed - 50 * CANDLE, to: listed + 199 * CANDLE };
    expect(await run(market, order)).toEqual({ candles: 200, filled: 12, gaps: 1, missing: 50 });
  });
});
