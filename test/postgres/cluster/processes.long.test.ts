// promise: docs/operations.md "a node is killed, or its machine"
// promise: docs/operations.md "a node is paused, or cut off from the database"

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type RecordedExchange, startRecordedExchange } from '../../../simulator/server.ts';
import { type ClusterRepository, createClusterRepository } from '../../../src/cluster/cluster-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { connectPostgres } from '../../../src/db/postgres/open-postgres.ts';
import { testRecording } from '../../helper/market.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';
import { type ServiceProcess, startServiceProcess } from '../../helper/process.ts';
import { waitFor, waitUntil } from '../../helper/wait.ts';

const LEASE = 'symbol:BTCUSDT';

/** A lease ends after seconds; asking costs the processor time of both sides. */
const POLL_MS = 250;

let folder: string;
let exchange: RecordedExchange;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: Database;
let repository: ClusterRepository;
const processes = new Map<string, ServiceProcess>();

async function start(name: string): Promise<void> {
  const running = await startServiceProcess({
    DATABASE_URL: database.url,
    DATABASE_CONNECTIONS: '4',
    MODEL_PACKAGES_DIR: join(folder, 'packages'),
    MODEL_MANAGER_CACHE_DIR: join(folder, name),
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
    NODE_NAME: name,
  });
  processes.set(name, running);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-processes-'));
  const recording = await testRecording();
  exchange = await startRecordedExchange({ recording, clock: Date.now });
  database = await createTestDatabase(inject('postgresUrl') as string);
  connection = connectPostgres(database.url, 1);
  repository = createClusterRepository(connection);
  await start('first');
  await start('second');
});
afterAll(async () => {
  for (const running of processes.values()) await running.end('SIGKILL');
  await connection.destroy();
  await exchange.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The name of the node that follows the symbol, once there is one that `isExpected`. */
async function owner(what: string, isExpected: (name: string) => boolean): Promise<string> {
  const nodes = await waitFor(
    what,
    () => repository.nodes(),
    (list) => list.some(({ name, leases }) => leases.includes(LEASE) && isExpected(name)),
    POLL_MS,
  );
  return nodes.find(({ leases }) => leases.includes(LEASE))!.name;
}

const status = async (name: string) => (await fetch(`${processes.get(name)?.url}/market/status`)).json();

test('a paused owner loses its symbols; when it goes on, it notices and both nodes work', async () => {
  const paused = await owner('a node follows the symbol', () => true);
  const { child } = processes.get(paused)!;
  child.kill('SIGSTOP');
  const next = await owner('the other node follows the symbol', (name) => name !== paused);
  child.kill('SIGCONT');
  await waitUntil(
    'the paused node is alive again',
    async () => (await repository.nodes()).some(({ name, isAlive }) => name === paused && isAlive),
    POLL_MS,
  );
  expect(await owner('the owner stays', () => true)).toBe(next);
  await waitUntil('the paused node has noticed', () =>
    processes.get(paused)!.output().includes('lost a lease'),
  );
  await waitFor(
    'both say what the owner does',
    () => Promise.all(['first', 'second'].map(status)),
    (answers) =>
      answers.every(
        (answer) =>
          (answer as { symbols: { live: { stream: { state: string } } | null }[] }).symbols[0]?.live?.stream
            .state === 'live',
      ),
    POLL_MS,
  );
});

test('when the owner is killed, the other node takes its symbols', async () => {
  const killed = await owner('a node follows the symbol', () => true);
  await processes.get(killed)!.end('SIGKILL');
  const next = await owner('the other node follows the symbol', (name) => name !== killed);
  await start(killed);
  expect(await owner('the owner stays', () => true)).toBe(next);
  await waitUntil(
    'the started node is listed',
    async () => (await repository.nodes()).some(({ name, isAlive }) => name === killed && isAlive),
    POLL_MS,
  );
});
