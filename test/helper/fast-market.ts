import { onTestFinished } from 'vitest';
import type { Recording } from '../../simulator/recording.ts';
import { type RecordedExchange, startRecordedExchange } from '../../simulator/server.ts';
import type { Database } from '../../src/db/connection.ts';
import { createExchange, type Exchange } from '../../src/market/exchange/exchange.ts';
import type { TransportLimits } from '../../src/market/exchange/transport.ts';
import type { StoredCandle } from '../../src/market/store/candle-repository.ts';
import { createMarketRepository, type MarketRepository } from '../../src/market/store/market-repository.ts';
import type { MarketPipeline } from '../../src/market/store/window-validity.ts';
import { createLiveMarket, type LiveMarket } from '../../src/market/sync/live-market.ts';
import { createMarketHistory, type MarketHistory } from '../../src/market/sync/market-history.ts';
import { createMarketLoaders } from '../../src/market/sync/market-loaders.ts';
import { DEFAULT_PIPELINE } from '../../src/pipeline/default-pipeline.ts';
import type { Timers } from '../../src/runtime/timers.ts';
import { followCandles, type ReaderParts } from './candle-reader.ts';
import { silentLog } from './log.ts';
import { testRecording } from './market.ts';
import { singleNode } from './single-node.ts';
import { openTestDatabase } from './test-database.ts';
import { fastTime } from './time.ts';

export const CANDLE_3M = 180_000;

/** A recorded exchange on a fast clock, and what markets need to use it. */
export interface FastMarket {
  readonly server: RecordedExchange;
  readonly requests: { endpoint: string; params: URLSearchParams; at: number }[];
  readonly clock: () => number;
  readonly timers: Timers;
  jump(ms: number): void;
  readonly database: Database;
  readonly repository: MarketRepository;
  /** Opens a market over the same store and exchange, as a start of the service does. */
  open(): Promise<OpenMarket>;
}

export interface OpenMarket {
  readonly exchange: Exchange;
  readonly history: MarketHistory;
  readonly live: LiveMarket;
}

/** Short, because at high speed seconds of waiting are hours on the clock of the market. */
const LIMITS: TransportLimits = { headersMs: 300, totalMs: 600, bytes: 8 * 1024 * 1024 };

/** Starts a recorded exchange on a fast clock, with a store in memory and markets over both. */
export async function startFastMarket(options: {
  readonly start: number;
  readonly speed: number;
  readonly recording?: Recording | readonly Recording[];
  readonly exchangeClock?: (ours: number) => number;
  readonly limits?: TransportLimits;
}): Promise<FastMarket> {
  const { clock, timers, jump } = fastTime(options.start, options.speed);
  const exchangeClock = options.exchangeClock ?? ((ours: number) => ours);
  const requests: FastMarket['requests'] = [];
  const server = await startRecordedExchange({
    recording: options.recording ?? (await testRecording()),
    clock: () => exchangeClock(clock()),
    // Twenty times a candle, as far as timers go: the real exchange pushes more often than anything depends on.
    pushEveryMs: Math.max(5, CANDLE_3M / 20 / options.speed),
    onRequest: ({ endpoint, url }) =>
      requests.push({ endpoint: endpoint ?? 'none', params: url.searchParams, at: clock() }),
  });
  onTestFinished(() => server.close());
  const database = await openTestDatabase();
  const repository = createMarketRepository(database);
  const parts = { clock, timers, log: silentLog };
  return {
    ...{ server, requests, clock, timers, jump, database, repository },
    async open() {
      const exchange = createExchange({
        ...parts,
        id: 'binanceusdm',
        restUrl: server.restUrl,
        wsUrl: server.wsUrl,
        limits: options.limits ?? LIMITS,
        throttle: false,
      });
      const loaders = createMarketLoaders({ ...parts, exchange, repository });
      const history = createMarketHistory({ ...parts, exchange, repository, loaders });
      const live = createLiveMarket({
        ...parts,
        leases: singleNode().leases,
        exchange,
        history,
        repository,
        loaders,
      });
      onTestFinished(() => live.stop());
      return { exchange, history, live };
    },
  };
}

interface RecorderOptions {
  readonly symbol?: string;
  readonly pipeline?: MarketPipeline;
  readonly from?: number;
}

/**
 * Follows a symbol and collects the closed intrabar candles that it reads from the store, from open time `from` (ms) on; by
 * default from the next one to close. `follow` on another market, as after a restart, continues with the next candle.
 */
export function candleRecorder(parts: ReaderParts, options: RecorderOptions = {}) {
  const { symbol = 'BTCUSDT', pipeline = DEFAULT_PIPELINE } = options;
  const { intrabarMs } = pipeline;
  const from = options.from ?? Math.floor(parts.clock() / intrabarMs) * intrabarMs;
  const candles: StoredCandle[] = [];
  return {
    candles,
    follow(live: LiveMarket, onCandles: (candles: readonly StoredCandle[]) => void = () => {}) {
      const reader = followCandles(live, parts, {
        ...{ symbol, pipeline },
        next: from + candles.length * intrabarMs,
        async take(known) {
          candles.push(...known);
          onCandles(known);
        },
      });
      onTestFinished(reader.stop);
      return reader;
    },
  };
}
