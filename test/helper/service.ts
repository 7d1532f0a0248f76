import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { inject } from 'vitest';
import type { FaultRule } from '../../simulator/faults.ts';
import type { Recording } from '../../simulator/recording.ts';
import { type RecordedExchange, startRecordedExchange } from '../../simulator/server.ts';
import { buildApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { StoreLocation } from '../../src/db/connection.ts';
import { SYSTEM_TIMERS } from '../../src/runtime/timers.ts';
import { openServices, type Services } from '../../src/services.ts';
import { emptySqliteStore } from './empty-store.ts';
import { testRecording } from './market.ts';
import { createTestDatabase, TEMPLATE, WARM_TEMPLATE } from './postgres-databases.ts';
import { warmSqliteStore } from './warm-store.ts';

/** The whole service in this process, with its own clock and a recorded exchange. */
export interface TestService {
  readonly app: FastifyInstance;
  readonly services: Services;
  readonly exchange: RecordedExchange;
  readonly config: Config;
  /** Holds the store and the packages. */
  readonly folder: string;
  /** Closes the service; its store and its exchange stay. */
  stop(): Promise<void>;
  /** Opens the service again, on the same folder, after `stop`. */
  start(): Promise<void>;
  /** Closes the service and opens it again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServiceOptions {
  /** The clock of the service, ms since the epoch. */
  readonly now?: () => number;
  readonly faults?: readonly FaultRule[];
  /** Changes what the recorded exchange plays. */
  readonly changeRecording?: (recording: Recording) => Recording | readonly Recording[];
  /** Ids begin with NODE_NAME; services that share a store need different ones. */
  readonly env?: NodeJS.ProcessEnv;
  /** Replaces the recorded exchange, for example by an address where nothing listens. */
  readonly exchangeUrl?: string;
  /** Another node: it uses the store, the packages and the exchange of this service, which is closed after it. */
  readonly beside?: TestService;
  /**
   * Starts on an empty store, so that the default package is warmed up; by default it is warm. A store that `env`, `beside` or
   * `prepare` gives stays as it is.
   */
  readonly isFirstStart?: boolean;
  /** Fills the folder of the service before it opens its store there. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** A moment of the recording, moved to 2026 by whole weeks: the 15m candle of 2025-11-27T00:00Z closed a minute ago. */
const GOLDEN_NOW = Date.parse('2025-11-27T00:16:00Z') + 52 * 7 * 24 * 3_600_000;

/** Starts the service in this process, on a recorded exchange and a temporary folder. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const now = options.now ?? (() => GOLDEN_NOW);
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-test-'));
  const { beside } = options;
  const exchange = beside?.exchange ?? (await startExchange(options, now));
  // Benchmarks use it outside of Vitest, with SQLite or the store that they name.
  const server = process.env.VITEST === undefined ? undefined : inject('postgresUrl');
  const hasStore = beside !== undefined || options.env?.DATABASE_URL !== undefined;
  const store =
    server === undefined || hasStore
      ? undefined
      : await createTestDatabase(server, options.isFirstStart ? TEMPLATE : WARM_TEMPLATE);
  const file = join(folder, 'paperdesk.sqlite');
  if (store === undefined && !hasStore)
    await writeFile(file, await (options.isFirstStart ? emptySqliteStore() : warmSqliteStore()));
  await options.prepare?.(folder);
  const config = readConfig(
    {
      DATABASE_URL: beside === undefined ? (store?.url ?? `file:${file}`) : urlOf(beside.config.store),
      MODEL_PACKAGES_DIR: join(beside?.folder ?? folder, 'packages'),
      MODEL_MANAGER_CACHE_DIR: join(folder, 'factor-models'),
      EXCHANGE_REST_URL: options.exchangeUrl ?? exchange.restUrl,
      EXCHANGE_WS_URL: exchange.wsUrl,
      MARKET_SOURCE: 'recorded',
      LOG_LEVEL: 'silent',
      // A busy machine must not make the service refuse requests.
      OVERLOAD_DELAY_MS: '600000',
      ...options.env,
    },
    [],
  );
  const log = pino({ level: config.logLevel });
  let ids = 0;

  async function open() {
    const services = await openServices(config, {
      clock: { now },
      timers: SYSTEM_TIMERS,
      newId: () => `${options.env?.NODE_NAME ?? 'upload'}-${++ids}`,
      log,
      passwordCost: { N: 16, r: 1, p: 1 },
    });
    const app = await buildApp(services, config, log);
    await app.ready();
    await services.start();
    return { services, app };
  }
  let { services, app } = await open();

  const closeService = async () => {
    await app.close();
    await services.close();
  };
  const start = async () => {
    ({ services, app } = await open());
  };
  return {
    get app() {
      return app;
    },
    get services() {
      return services;
    },
    exchange,
    config,
    folder,
    stop: closeService,
    start,
    async restart() {
      await closeService();
      await start();
    },
    async close() {
      await closeService();
      if (beside === undefined) await exchange.close();
      await store?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startExchange(
  { faults, changeRecording = (recording: Recording) => recording }: TestServiceOptions,
  clock: () => number,
): Promise<RecordedExchange> {
  const recording = changeRecording(await testRecording());
  return startRecordedExchange({ recording, clock, ...(faults === undefined ? {} : { faults }) });
}

function urlOf(store: StoreLocation): string {
  return store.kind === 'postgres' ? store.url : `file:${store.file}`;
}
