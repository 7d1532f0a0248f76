import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgresServer } from '../../../simulator/postgres-server.ts';
import { type RecordedExchange, startRecordedExchange } from '../../../simulator/server.ts';
import { testRecording } from '../market.ts';
import { startObjectStore, type TestObjectStore } from '../object-store.ts';
import { onServer, urlOfDatabase } from '../postgres-databases.ts';
import { type ClusterNode, prepareNode } from './cluster-node.ts';
import { type MarketClock, startMarketClock } from './market-clock.ts';

/** Nodes on one PostgreSQL and one object store, on a recorded market whose time passes fast. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly postgres: PostgresServer;
  readonly objects: TestObjectStore;
  readonly exchange: RecordedExchange;
  readonly clock: MarketClock;
  /** Settings that all nodes share; the address of the database is that without a link. */
  readonly settings: NodeJS.ProcessEnv;
  /** For the files of the test. */
  readonly folder: string;
  /** Nodes that ended by themselves, as sentences. */
  readonly deaths: readonly string[];
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly nodes: number;
  /** What the clock of the market shows at first, ms. */
  readonly start: number;
  /** How much faster it is than the machine's. */
  readonly speed: number;
}

/** Of the market, between two pushes of its exchange. */
const PUSHED_MARKET_MS = 15_000;

/** Starts everything but the nodes, which a test starts. */
export async function openCluster({ nodes: count, start, speed }: ClusterOptions): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-cluster-'));
  const postgres = await startPostgresServer();
  const databaseUrl = urlOfDatabase(postgres.url, 'paperdesk');
  await onServer(postgres.url, 'create database paperdesk');
  const clock = startMarketClock(start, speed);
  const recording = await testRecording();
  const exchange = await startRecordedExchange({
    recording,
    clock: clock.now,
    pushEveryMs: PUSHED_MARKET_MS / speed,
  });
  const objects = await startObjectStore();
  const settings = {
    ...objects.env,
    DATABASE_URL: databaseUrl,
    PACKAGE_CACHE_DIR: join(folder, 'packages'),
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  const deaths: string[] = [];
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const nodes = await Promise.all(
    names.map((name) =>
      prepareNode({
        ...{ name, databaseUrl },
        settings: {
          ...settings,
          ...clock.env,
          MODEL_MANAGER_CACHE_DIR: join(folder, name, 'factor-models'),
          PACKAGE_CACHE_DIR: join(folder, name, 'packages'),
        },
        onDeath: (sentence) => deaths.push(sentence),
      }),
    ),
  );
  return {
    ...{ nodes, postgres, objects, exchange, clock, settings, folder, deaths },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await exchange.close();
      await objects.close();
      await postgres.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
