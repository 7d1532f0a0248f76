// promise: docs/operations.md "a node is paused, or cut off from the database"
// promise: docs/operations.md "PostgreSQL restarts | all nodes"

import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { startPostgresServer } from '../../../simulator/postgres-server.ts';
import { createClusterRepository } from '../../../src/cluster/cluster-repository.ts';
import type { Lease } from '../../../src/cluster/leases.ts';
import { createPostgresCluster } from '../../../src/cluster/postgres-cluster.ts';
import type { Database } from '../../../src/db/connection.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { connectPostgres } from '../../../src/db/postgres/open-postgres.ts';
import { SYSTEM_TIMERS, type Timers } from '../../../src/runtime/timers.ts';
import { silentLog } from '../../helper/log.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { waitFor, waitUntil } from '../../helper/wait.ts';

/** The timers of a process that can be stopped and continued: meanwhile its sleeps do not end, but time passes. */
function pausableTimers() {
  let paused: Promise<void> | undefined;
  let resume = () => {};
  const timers: Timers = {
    ...SYSTEM_TIMERS,
    async sleep(ms, signal) {
      await SYSTEM_TIMERS.sleep(ms, signal);
      await paused;
    },
  };
  return {
    timers,
    pause() {
      paused = new Promise((resolve) => {
        resume = resolve;
      });
    },
    resume() {
      paused = undefined;
      resume();
    },
  };
}

/** A node that wants the lease `symbol:BTCUSDT`. */
async function openNode(database: Database, name: string) {
  const { timers, pause, resume } = pausableTimers();
  const repository = createClusterRepository(database);
  const cluster = createPostgresCluster({
    node: { id: `${name}-1`, name, role: 'all', version: '1' },
    ...{ repository, reader: repository, timers, log: silentLog },
  });
  const work = { lease: undefined as Lease | undefined, begun: 0, ended: 0 };
  cluster.leases.want('symbol:BTCUSDT', () => {
    work.lease = cluster.leases.find('symbol:BTCUSDT');
    work.begun += 1;
    return async () => {
      work.ended += 1;
    };
  });
  await cluster.start();
  onTestFinished(() => {
    resume();
    return cluster.close();
  });
  return { cluster, work, pause, resume };
}

/** Writes as the owner; resolves to whether the write was accepted. */
function write(database: Database, lease: Lease | undefined): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    if (!(await (lease as Lease).isHeld(transaction))) return false;
    await transaction.updateTable('revisions').set({ revision: 1 }).execute();
    return true;
  });
}

test('a paused owner writes nothing once another node has its lease', async () => {
  const database = await openTestDatabase();
  const [first, second] = [await openNode(database, 'first'), await openNode(database, 'second')];
  expect(await write(database, first.work.lease)).toBe(true);
  first.pause();
  await waitUntil('the second node has the lease', () => second.work.lease !== undefined);
  // The paused node has not noticed anything yet.
  expect(first.cluster.leases.held()).toEqual(['symbol:BTCUSDT']);
  expect(await write(database, first.work.lease)).toBe(false);
  await expect(
    database.transaction().execute((transaction) => (first.work.lease as Lease).requireHeld(transaction)),
  ).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect(await write(database, second.work.lease)).toBe(true);
  first.resume();
  await waitUntil('the first node ends its work', () => first.work.ended === 1);
  expect(await first.cluster.nodes()).toMatchObject([
    { name: 'first', leases: [] },
    { name: 'second', leases: ['symbol:BTCUSDT'] },
  ]);
});

test('no other node gets a lease while a write of its owner is under way, and renewals do not wait for it', async () => {
  const database = await openTestDatabase();
  const [first, second] = [await openNode(database, 'first'), await openNode(database, 'second')];
  const repository = createClusterRepository(database);
  const taken = () => repository.take('other', { names: ['symbol:BTCUSDT'], limit: 1, freeForMs: -60_000 });
  await database.transaction().execute(async (transaction) => {
    await first.work.lease?.requireHeld(transaction);
    expect(await repository.renew('first-1', ['symbol:BTCUSDT'])).toMatchObject([{ token: 1 }]);
    expect(await taken()).toEqual([]);
  });
  expect(await taken()).toMatchObject([{ token: 2 }]);
  await waitUntil('the first node ends its work', () => first.work.ended === 1);
  expect(second.work.begun).toBe(0);
});

test('neither a dead node nor its leases live longer because the clock of PostgreSQL went back', async () => {
  const database = await openTestDatabase();
  const repository = createClusterRepository(database);
  const order = { names: ['symbol:BTCUSDT'], limit: 1, freeForMs: 0 };
  await repository.beat({ id: 'dead-1', name: 'dead', role: 'all', version: '1' }, {});
  expect(await repository.take('dead-1', order)).toHaveLength(1);
  // What the clock said then is now an hour, or a few seconds, in the future.
  const move = (ms: number) =>
    Promise.all([
      database.updateTable('leases').set('expires_at', sql<number>`expires_at + ${ms}::bigint`).execute(),
      database.updateTable('nodes').set('seen_at', sql<number>`seen_at + ${ms}::bigint`).execute(),
    ]);
  await move(4000);
  expect(await repository.nodes()).toMatchObject([{ isAlive: true, leases: ['symbol:BTCUSDT'] }]);
  expect(await repository.take('other', order)).toEqual([]);
  await move(3_600_000);
  expect(await repository.nodes()).toMatchObject([{ isAlive: false, leases: [] }]);
  expect(await repository.take('other', order)).toMatchObject([{ token: 2 }]);
  await repository.beat({ id: 'other', name: 'other', role: 'all', version: '1' }, {});
  expect(await repository.nodes()).toMatchObject([{ name: 'other' }]);
});

test('after a restart of PostgreSQL the nodes work again', async () => {
  const server = await startPostgresServer();
  onTestFinished(() => server.remove());
  const migrated = await openDatabase({ kind: 'postgres', url: server.url });
  await migrated.destroy();
  const connections = ['first', 'second'].map(() => connectPostgres(server.url, 1, 2000));
  onTestFinished(async () => {
    await Promise.all(connections.map((connection) => connection.destroy()));
  });
  const nodes = await Promise.all(
    connections.map((connection, index) => openNode(connection, `node${index}`)),
  );
  const owner = () => nodes.filter(({ cluster }) => cluster.leases.held().length > 0);
  expect(owner()).toHaveLength(1);
  await server.stop();
  await waitUntil('the owner ends its work', () => owner().length === 0);
  await server.start();
  await waitUntil('a node has the lease again', () => owner().length === 1);
  const state = await waitFor(
    'both are listed',
    () => nodes[0]!.cluster.nodes(),
    (list) => list.length === 2,
  );
  expect(state.flatMap(({ leases }) => leases)).toEqual(['symbol:BTCUSDT']);
});
