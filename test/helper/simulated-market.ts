import { onTestFinished } from 'vitest';
import type { Recording } from '../../simulator/recording.ts';
import { type Replay, replayOf } from '../../simulator/replay.ts';
import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../src/candle.ts';
import { PaperdeskError } from '../../src/errors.ts';
import { candlesOfRows, checkCandles, splitAtClose } from '../../src/market/exchange/answers.ts';
import type { CandleStart, CandleStream } from '../../src/market/exchange/candle-stream.ts';
import type { Exchange, RequestOptions } from '../../src/market/exchange/exchange.ts';
import { createMarketRepository } from '../../src/market/store/market-repository.ts';
import { createLiveMarket } from '../../src/market/sync/live-market.ts';
import { createMarketHistory } from '../../src/market/sync/market-history.ts';
import { createMarketLoaders } from '../../src/market/sync/market-loaders.ts';
import type { Timers } from '../../src/runtime/timers.ts';
import { silentLog } from './log.ts';
import { rowsOf } from './market.ts';
import { singleNode } from './single-node.ts';
import { openTestDatabase } from './test-database.ts';
import { simulatedTime } from './time.ts';

export interface ExchangeBehavior {
  /** Time between request and response, in ms. */
  latencyMs: number;
  /** Time from the close of a candle until requests return it, in ms. */
  publishedAfterMs: number;
  /** Whether the stream sends anything. */
  streaming: boolean;
  /** Changes a candle before it is sent. */
  modify(candle: Candle, timeframe: Timeframe, by: 'stream' | 'request'): Candle;
  /** Requests so far. */
  requests: number;
  /** Open streams. */
  streams: number;
}

/** An exchange that replays recordings in simulated time, without a server; its candles are checked like real ones. */
function simulatedExchange(
  recordings: readonly Recording[],
  { clock, timers }: ReturnType<typeof simulatedTime>,
  behavior: ExchangeBehavior,
): Exchange {
  const replays = new Map(recordings.map((recording) => [recording.symbol, replayOf(recording)]));

  async function request(symbol: string): Promise<{ replay: Replay; asOf: number; seen: number }> {
    const asOf = clock();
    behavior.requests += 1;
    await timers.sleep(behavior.latencyMs);
    const replay = replays.get(symbol);
    if (replay === undefined) throw new PaperdeskError('SYMBOL_UNKNOWN', `There is no ${symbol}.`);
    return { replay, asOf, seen: clock() - behavior.publishedAfterMs };
  }

  function checked<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new PaperdeskError('MARKET_UNAVAILABLE', (error as Error).message, { retryAfterSeconds: 5 });
    }
  }

  return {
    ...{ id: 'binanceusdm', candlesPerRequest: 1000, fundingPerRequest: 1000 },
    symbols: async () => [...replays.keys()],
    isTrading: (symbol) => replays.has(symbol),
    requireTrading: async () => {},

    async fetchCandles(symbol, timeframe, since, limit, options?: RequestOptions<Candle>) {
      const { replay, asOf, seen } = await request(symbol);
      const given = replay
        .candles(timeframe, { from: since, to: undefined, limit, now: seen })
        .map((candle) => behavior.modify(candle, timeframe, 'request'));
      return checked(() => {
        const candles = candlesOfRows(rowsOf(given), timeframe, clock());
        checkCandles(candles, { timeframe, since, asOf, overlap: options?.overlap });
        return { ...splitAtClose(candles, timeframe, asOf), asOf };
      });
    },

    async fetchFunding(symbol, since, limit) {
      const { replay, asOf, seen } = await request(symbol);
      return { funding: replay.funding({ from: since, to: undefined, limit, now: seen }), asOf };
    },

    async fetchLastPrice(symbol) {
      const { replay, seen } = await request(symbol);
      const query = { from: undefined, to: undefined, limit: 1, now: seen };
      return (replay.candles('3m', query)[0] as Candle).close;
    },

    watchCandles: (symbol, timeframe, onCandleStart) =>
      watch(replays.get(symbol) as Replay, timeframe, behavior, clock, timers, onCandleStart),
    earliestNow: clock,
    latestNow: clock,
    async recheckClock() {},
    status: () => ({
      id: 'binanceusdm',
      circuit: { state: 'closed', detail: '', retryAt: null },
      clock: { skewMs: 0, bad: false, detail: '' },
      weight: null,
      proxies: { rest: null, stream: null },
      lastError: null,
      lastSuccessAt: clock(),
    }),
    async close() {},
  };
}

function watch(
  replay: Replay,
  timeframe: Timeframe,
  behavior: ExchangeBehavior,
  clock: () => number,
  timers: Timers,
  onCandleStart: (start: CandleStart) => void,
): CandleStream {
  const step = TIMEFRAME_MS[timeframe];
  const closing = new AbortController();
  behavior.streams += 1;

  async function run(): Promise<void> {
    for (;;) {
      const opened = (Math.floor(clock() / step) + 1) * step;
      await timers.sleep(opened + behavior.latencyMs - clock(), closing.signal);
      if (closing.signal.aborted) return;
      if (!behavior.streaming) continue;
      const query = { from: opened - step, to: undefined, limit: 1, now: opened };
      const [closed] = replay.candles(timeframe, query);
      onCandleStart({ opened, closed: closed && behavior.modify(closed, timeframe, 'stream') });
    }
  }

  const running = run();
  return {
    status: () => ({
      state: behavior.streaming ? 'live' : 'reconnecting',
      interruptions: 0,
      silentForMs: 0,
      lastError: null,
    }),
    async close() {
      closing.abort();
      await running;
      behavior.streams -= 1;
    },
  };
}

/** Opens a live market over a simulated exchange, with a store in memory. */
export async function openSimulatedMarket(options: {
  readonly start: number;
  readonly recordings: readonly Recording[];
  readonly random?: () => number;
  readonly behavior?: Partial<ExchangeBehavior>;
}) {
  const time = simulatedTime(options.start, options.random);
  const behavior: ExchangeBehavior = {
    ...{ latencyMs: 200, publishedAfterMs: 0, streaming: true, requests: 0, streams: 0 },
    modify: (candle) => candle,
    ...options.behavior,
  };
  const exchange = simulatedExchange(options.recordings, time, behavior);
  const database = await openTestDatabase();
  const repository = createMarketRepository(database);
  const loaders = createMarketLoaders({ exchange, repository, clock: time.clock, log: silentLog });
  const parts = { exchange, repository, loaders, clock: time.clock, timers: time.timers, log: silentLog };
  const history = createMarketHistory(parts);
  const live = createLiveMarket({ ...parts, leases: singleNode().leases, history });
  onTestFinished(() => live.stop());
  return { ...time, behavior, database, exchange, repository, loaders, history, live };
}
