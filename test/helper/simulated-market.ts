import { onTestFinished } from 'vitest';
import type { Recording } from '../../simulator/recording.ts';
import { createReplay, type Replay } from '../../simulator/replay.ts';
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
import { openTestDatabase } from './test-database.ts';
import { simulatedTime } from './time.ts';

export interface ExchangeBehaviour {
  /** Between a question and its answer, in ms. */
  latencyMs: number;
  /** How long after its close a candle is given, in ms. */
  publishedAfterMs: number;
  /** Whether the stream brings anything. */
  streaming: boolean;
  /** Changes what is given; `by` says how. */
  spoil(candle: Candle, timeframe: Timeframe, by: 'stream' | 'request'): Candle;
  /** Requests so far. */
  requests: number;
  /** Streams that were not closed. */
  streams: number;
}

/** An exchange that plays recordings back in simulated time, without a server; its answers are checked like others. */
function simulatedExchange(
  recordings: readonly Recording[],
  { clock, timers }: ReturnType<typeof simulatedTime>,
  behaviour: ExchangeBehaviour,
): Exchange {
  const replays = new Map(recordings.map((recording) => [recording.symbol, createReplay(recording)]));

  async function ask(symbol: string): Promise<{ replay: Replay; asOf: number; seen: number }> {
    const asOf = clock();
    behaviour.requests += 1;
    await timers.sleep(behaviour.latencyMs);
    const replay = replays.get(symbol);
    if (replay === undefined) throw new PaperdeskError('SYMBOL_UNKNOWN', `There is no ${symbol}.`);
    return { replay, asOf, seen: clock() - behaviour.publishedAfterMs };
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

    async fetchCandles(symbol, timeframe, since, limit, options?: RequestOptions<Candle>) {
      const { replay, asOf, seen } = await ask(symbol);
      const given = replay
        .candles(timeframe, { from: since, to: undefined, limit, now: seen })
        .map((candle) => behaviour.spoil(candle, timeframe, 'request'));
      return checked(() => {
        const candles = candlesOfRows(rowsOf(given), timeframe, clock());
        checkCandles(candles, { timeframe, since, asOf, overlap: options?.overlap });
        return { ...splitAtClose(candles, timeframe, asOf), asOf };
      });
    },

    async fetchFunding(symbol, since, limit) {
      const { replay, asOf, seen } = await ask(symbol);
      return { funding: replay.funding({ from: since, to: undefined, limit, now: seen }), asOf };
    },

    async fetchLastPrice(symbol) {
      const { replay, seen } = await ask(symbol);
      const query = { from: undefined, to: undefined, limit: 1, now: seen };
      return (replay.candles('3m', query)[0] as Candle).close;
    },

    watchCandles: (symbol, timeframe, onCandleStart) =>
      watch(replays.get(symbol) as Replay, timeframe, behaviour, clock, timers, onCandleStart),
    earliestNow: clock,
    latestNow: clock,
    async recheckClock() {},
    status: () => ({
      id: 'binanceusdm',
      circuit: { state: 'closed', detail: '', retryAt: null },
      clock: { skewMs: 0, bad: false, detail: '' },
      weight: null,
      lastError: null,
      lastSuccessAt: clock(),
    }),
    async close() {},
  };
}

function watch(
  replay: Replay,
  timeframe: Timeframe,
  behaviour: ExchangeBehaviour,
  clock: () => number,
  timers: Timers,
  onCandleStart: (start: CandleStart) => void,
): CandleStream {
  const step = TIMEFRAME_MS[timeframe];
  const closing = new AbortController();
  behaviour.streams += 1;

  async function run(): Promise<void> {
    for (;;) {
      const opened = (Math.floor(clock() / step) + 1) * step;
      await timers.sleep(opened + behaviour.latencyMs - clock(), closing.signal);
      if (closing.signal.aborted) return;
      if (!behaviour.streaming) continue;
      const query = { from: opened - step, to: undefined, limit: 1, now: opened };
      const [closed] = replay.candles(timeframe, query);
      onCandleStart({ opened, closed: closed && behaviour.spoil(closed, timeframe, 'stream') });
    }
  }

  const running = run();
  return {
    status: () => ({
      state: behaviour.streaming ? 'live' : 'reconnecting',
      interruptions: 0,
      silentForMs: 0,
      lastError: null,
    }),
    async close() {
      closing.abort();
      await running;
      behaviour.streams -= 1;
    },
  };
}

/** A live market over such an exchange, with a store in memory. */
export async function openSimulatedMarket(options: {
  readonly start: number;
  readonly recordings: readonly Recording[];
  readonly random?: () => number;
  readonly behaviour?: Partial<ExchangeBehaviour>;
}) {
  const time = simulatedTime(options.start, options.random);
  const behaviour: ExchangeBehaviour = {
    ...{ latencyMs: 200, publishedAfterMs: 0, streaming: true, requests: 0, streams: 0 },
    spoil: (candle) => candle,
    ...options.behaviour,
  };
  const exchange = simulatedExchange(options.recordings, time, behaviour);
  const database = await openTestDatabase();
  const repository = createMarketRepository(database);
  const loaders = createMarketLoaders({ exchange, repository, clock: time.clock, log: silentLog });
  const parts = { exchange, repository, loaders, clock: time.clock, timers: time.timers, log: silentLog };
  const history = createMarketHistory(parts);
  const live = createLiveMarket({ ...parts, history });
  onTestFinished(() => live.stop());
  return { ...time, behaviour, database, exchange, repository, loaders, history, live };
}
