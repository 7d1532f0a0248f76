import { onTestFinished } from 'vitest';
import type { Recording } from '../../simulator/recording.ts';
import { type RecordedExchange, startRecordedExchange } from '../../simulator/server.ts';
import { createExchange, type Exchange } from '../../src/market/exchange/exchange.ts';
import type { TransportLimits } from '../../src/market/exchange/transport.ts';
import { createMarketRepository, type MarketRepository } from '../../src/market/store/market-repository.ts';
import { createMarketHistory, type MarketHistory } from '../../src/market/sync/market-history.ts';
import { createMarketLoaders, type MarketLoaders } from '../../src/market/sync/market-loaders.ts';
import { SYSTEM_TIMERS, type Timers } from '../../src/runtime/timers.ts';
import { silentLog } from './log.ts';
import { testRecording } from './market.ts';
import { openTestDatabase } from './test-database.ts';
import { manualClock } from './time.ts';

/** A recorded exchange served over HTTP, and the code that downloads from it and stores candles. */
export interface TestMarket {
  readonly server: RecordedExchange;
  /** Endpoint and query of every request that reached the exchange. */
  readonly requests: { endpoint: string; params: URLSearchParams }[];
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly loaders: MarketLoaders;
  readonly history: MarketHistory;
  readonly clock: ReturnType<typeof manualClock>;
  /** Opens another history over the same store and exchange, as after a restart. */
  restart(): Promise<MarketHistory>;
}

interface TestMarketOptions {
  readonly recording?: Recording | readonly Recording[];
  readonly now: number;
  /** The exchange's time as a function of ours; equal by default. */
  readonly exchangeClock?: (ours: number) => number;
  readonly limits?: TransportLimits;
  readonly timers?: Timers;
}

/** Long enough for a busy machine. */
const PATIENT_LIMITS: TransportLimits = { headersMs: 20_000, totalMs: 30_000, bytes: 8 * 1024 * 1024 };

/** Starts a recorded exchange with adapter, store in memory and history, and closes all after the test. */
export async function startTestMarket(options: TestMarketOptions): Promise<TestMarket> {
  const clock = manualClock(options.now);
  const exchangeClock = options.exchangeClock ?? ((ours: number) => ours);
  const requests: TestMarket['requests'] = [];
  const server = await startRecordedExchange({
    recording: options.recording ?? (await testRecording()),
    clock: () => exchangeClock(clock()),
    onRequest: ({ endpoint, url }) =>
      requests.push({ endpoint: endpoint ?? 'none', params: url.searchParams }),
  });
  onTestFinished(() => server.close());
  const database = await openTestDatabase();
  const repository = createMarketRepository(database);
  const timers = options.timers ?? SYSTEM_TIMERS;
  const parts = { clock, timers, log: silentLog };
  const connect = () =>
    createExchange({
      ...parts,
      id: 'binanceusdm',
      restUrl: server.restUrl,
      wsUrl: server.wsUrl,
      limits: options.limits ?? PATIENT_LIMITS,
      throttle: false,
    });
  const loadersOn = (exchange: Exchange) => createMarketLoaders({ ...parts, exchange, repository });
  const exchange = connect();
  const loaders = loadersOn(exchange);
  onTestFinished(() => exchange.close());
  return {
    server,
    requests,
    exchange,
    repository,
    loaders,
    clock,
    history: createMarketHistory({ ...parts, exchange, repository, loaders }),
    async restart() {
      const again = connect();
      onTestFinished(() => again.close());
      return createMarketHistory({ ...parts, exchange: again, repository, loaders: loadersOn(again) });
    },
  };
}

/** The number of requests to each endpoint. */
export function requestCounts(requests: TestMarket['requests']): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { endpoint } of requests) result[endpoint] = (result[endpoint] ?? 0) + 1;
  return result;
}
