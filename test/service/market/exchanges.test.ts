import { describe, expect, onTestFinished, test } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import { startRecordedExchange } from '../../../simulator/server.ts';
import type { Candle } from '../../../src/candle.ts';
import { openDatabase } from '../../../src/db/connection.ts';
import { createExchange } from '../../../src/market/exchange/exchange.ts';
import type { ExchangeId } from '../../../src/market/exchange/exchanges.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createLiveMarket } from '../../../src/market/sync/live-market.ts';
import { createMarketHistory } from '../../../src/market/sync/market-history.ts';
import { createMarketLoaders } from '../../../src/market/sync/market-loaders.ts';
import { startBybit } from '../../helper/bybit.ts';
import { CANDLE_3M, candleRecorder, fastTime } from '../../helper/live-market.ts';
import { CANDLE, MINUTE, recorded, rowsOf, shippedRecording, silentLog } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 27, 10, 1);

interface Server {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly subscriptions: () => readonly string[];
}
const SERVERS: Record<ExchangeId, (recording: Recording, clock: () => number) => Promise<Server>> = {
  async binanceusdm(recording, clock) {
    const server = await startRecordedExchange({ recording, clock, pushEveryMs: 5 });
    onTestFinished(() => server.close());
    return { ...server, subscriptions: () => server.stream.subscriptions };
  },
  bybit: startBybit,
};

/** The same, but for the exchange's name and addresses. */
async function open(id: ExchangeId, speed: number) {
  const { clock, timers } = fastTime(START, speed);
  const { restUrl, wsUrl, subscriptions } = await SERVERS[id](await shippedRecording(), clock);
  const parts = { clock, timers, log: silentLog };
  const exchange = createExchange({ ...parts, id, restUrl, wsUrl, throttle: false });
  onTestFinished(() => exchange.close());
  const database = await openDatabase(':memory:');
  onTestFinished(() => database.destroy());
  const repository = createMarketRepository(database);
  const loaders = createMarketLoaders({ ...parts, exchange, repository });
  const history = createMarketHistory({ ...parts, exchange, repository, loaders });
  return { ...parts, exchange, repository, loaders, history, subscriptions };
}

describe.each(Object.keys(SERVERS) as ExchangeId[])('%s', (id) => {
  test('gives the window that a decision needs', async () => {
    const { history, exchange } = await open(id, 1);
    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
    const window = await history.window('BTCUSDT');
    expect(window.validity).toMatchObject({ ok: true, filled: 0 });
    expect(window.closeTime).toBe(START - MINUTE);
    expect(rowsOf(window.candles)).toEqual(await recorded(window.closeTime - CANDLE));
    const { funding } = createReplay(await shippedRecording());
    const from = (window.candles[0] as Candle).openTime - 24 * 60 * MINUTE;
    expect(window.funding).toEqual(funding({ from, to: window.closeTime, limit: 1e6, now: START }));
    await expect(history.window('NOSUCHUSDT')).rejects.toMatchObject({ code: 'SYMBOL_UNKNOWN' });
    expect(exchange.status()).toMatchObject({ id, circuit: { state: 'closed' }, lastError: null });
    expect(await exchange.fetchLastPrice('BTCUSDT')).toBeGreaterThan(1000);
  });

  test('streams closed 3m candles', async () => {
    const { subscriptions, ...parts } = await open(id, 200);
    const live = createLiveMarket(parts);
    onTestFinished(() => live.stop());
    const { candles, follow } = candleRecorder(parts);
    follow(live);
    await expect.poll(() => live.status()[0]?.streamed, { timeout: 20_000 }).toBeGreaterThan(2);
    await expect.poll(() => candles.length, { timeout: 20_000 }).toBeGreaterThan(4);
    const given = [...candles];
    const [from, to] = [given[0]!.openTime, given.at(-1)!.openTime];
    const { candles: played } = createReplay(await shippedRecording());
    expect(rowsOf(given)).toEqual(rowsOf(played('3m', { from, to, limit: 1e6, now: to + CANDLE_3M })));
  });

  test('ends its subscription when nothing follows it, and subscribes again', async () => {
    const { subscriptions, ...parts } = await open(id, 200);
    const live = createLiveMarket(parts);
    onTestFinished(() => live.stop());
    const streamed = () => live.status()[0]?.streamed;
    for (let time = 1; time <= 2; time += 1) {
      live.follow('BTCUSDT', 'test');
      await expect.poll(streamed, { timeout: 20_000 }).toBeGreaterThan(0);
      expect(subscriptions()).toHaveLength(1);
      expect(live.status()[0]?.stream).toMatchObject({ state: 'live', interruptions: 0 });
      // The second time it is followed again before the end is confirmed.
      await live.unfollow('BTCUSDT', 'test');
      if (time === 1) await expect.poll(subscriptions, { timeout: 10_000 }).toEqual([]);
    }
    live.follow('BTCUSDT', 'test');
    await expect.poll(streamed, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(live.status()[0]?.stream.interruptions).toBe(0);
  });
});
