import { describe, expect, onTestFinished, test } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import { startRecordedExchange } from '../../../simulator/server.ts';
import { type Candle, newestClosedOpenTime, TIMEFRAME_MS } from '../../../src/candle.ts';
import { createExchange } from '../../../src/market/exchange/exchange.ts';
import type { ExchangeId } from '../../../src/market/exchange/exchanges.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createLiveMarket } from '../../../src/market/sync/live-market.ts';
import { createMarketHistory } from '../../../src/market/sync/market-history.ts';
import { createMarketLoaders } from '../../../src/market/sync/market-loaders.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { PUSH_EVERY_MS, startBybit } from '../../helper/bybit.ts';
import { CANDLE_3M, candleRecorder } from '../../helper/fast-market.ts';
import { silentLog } from '../../helper/log.ts';
import { CANDLE, MINUTE, recordedRows, recordedWindow, rowsOf, testRecording } from '../../helper/market.ts';
import { singleNode } from '../../helper/single-node.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { fastTime } from '../../helper/time.ts';

const START = Date.UTC(2025, 10, 27, 10, 1);

interface Server {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly subscriptions: () => readonly string[];
}
const SERVERS: Record<ExchangeId, (recording: Recording, clock: () => number) => Promise<Server>> = {
  async binanceusdm(recording, clock) {
    const server = await startRecordedExchange({ recording, clock, pushEveryMs: PUSH_EVERY_MS });
    onTestFinished(() => server.close());
    return { ...server, subscriptions: () => server.stream.subscriptions };
  },
  bybit: startBybit,
};

/** A market over the exchange `id`. */
async function open(id: ExchangeId, speed: number) {
  const { clock, timers } = fastTime(START, speed);
  const { restUrl, wsUrl, subscriptions } = await SERVERS[id](await testRecording(), clock);
  const parts = { clock, timers, log: silentLog };
  const exchange = createExchange({ ...parts, id, restUrl, wsUrl, throttle: false });
  onTestFinished(() => exchange.close());
  const database = await openTestDatabase();
  const repository = createMarketRepository(database);
  const loaders = createMarketLoaders({ ...parts, exchange, repository });
  const history = createMarketHistory({ ...parts, exchange, repository, loaders });
  return { ...parts, exchange, repository, loaders, history, subscriptions };
}

describe.each(Object.keys(SERVERS) as ExchangeId[])('%s', (id) => {
  test('returns the window that a decision needs', async () => {
    const { history, exchange } = await open(id, 1);
    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    expect(window.validity).toMatchObject({ ok: true, filled: 0 });
    expect(window.closeTime).toBe(START - MINUTE);
    expect(rowsOf(window.candles)).toEqual(await recordedWindow(window.closeTime - CANDLE));
    const { funding } = createReplay(await testRecording());
    const from = (window.candles[0] as Candle).openTime - 24 * 60 * MINUTE;
    expect(window.funding).toEqual(funding({ from, to: window.closeTime, limit: 1e6, now: START }));
    await expect(history.window('NOSUCHUSDT', DEFAULT_PIPELINE)).rejects.toMatchObject({
      code: 'SYMBOL_UNKNOWN',
    });
    expect(exchange.status()).toMatchObject({ id, circuit: { state: 'closed' }, lastError: null });
    expect(await exchange.fetchLastPrice('BTCUSDT')).toBeGreaterThan(1000);
  });

  test.each(['30m', '1h', '2h', '4h'] as const)(
    'returns windows of %s candles',
    async (decisionTimeframe) => {
      const { history } = await open(id, 1);
      const step = TIMEFRAME_MS[decisionTimeframe];
      const pipeline = { ...DEFAULT_PIPELINE, decisionTimeframe, decisionMs: step, historyCandles: 250 };
      const window = await history.window('BTCUSDT', pipeline);
      const newest = newestClosedOpenTime(START, decisionTimeframe);
      expect(window.closeTime).toBe(newest + step);
      expect(rowsOf(window.candles)).toEqual(
        await recordedRows(decisionTimeframe, newest - 249 * step, newest),
      );
    },
  );

  test('sends closed 3m candles over its websocket', async () => {
    const { subscriptions, ...parts } = await open(id, 200);
    const live = createLiveMarket({ ...parts, leases: singleNode().leases });
    onTestFinished(() => live.stop());
    const { candles, follow } = candleRecorder(parts);
    follow(live);
    await expect.poll(() => live.status()[0]?.streamed).toBeGreaterThan(2);
    await expect.poll(() => candles.length).toBeGreaterThan(4);
    const given = [...candles];
    const [from, to] = [given[0]!.openTime, given.at(-1)!.openTime];
    const { candles: played } = createReplay(await testRecording());
    expect(rowsOf(given)).toEqual(rowsOf(played('3m', { from, to, limit: 1e6, now: to + CANDLE_3M })));
  });

  test('ends its subscription when the symbol is unfollowed, and subscribes again', async () => {
    const { subscriptions, ...parts } = await open(id, 200);
    const live = createLiveMarket({ ...parts, leases: singleNode().leases });
    onTestFinished(() => live.stop());
    const streamed = () => live.status()[0]?.streamed;
    for (let time = 1; time <= 2; time += 1) {
      live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
      await expect.poll(streamed).toBeGreaterThan(0);
      expect(subscriptions()).toHaveLength(1);
      expect(live.status()[0]?.stream).toMatchObject({ state: 'live', interruptions: 0 });
      // The second time the symbol is followed again before the exchange confirms the end.
      await live.unfollow('BTCUSDT', 'test');
      if (time === 1) await expect.poll(subscriptions).toEqual([]);
    }
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    await expect.poll(streamed).toBeGreaterThan(0);
    expect(live.status()[0]?.stream.interruptions).toBe(0);
  });
});
