// promise: docs/operations.md "a node stops in order"
// promise: docs/operations.md "a node is killed, or its machine"

import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { NodeRole } from '../../../src/cluster/cluster.ts';
import type { Lease } from '../../../src/cluster/leases.ts';
import { createPostgresCluster } from '../../../src/cluster/postgres-cluster.ts';
import { createLeaseTable } from '../../helper/lease-table.ts';
import { silentLog } from '../../helper/log.ts';
import { simulatedTime } from '../../helper/time.ts';

const NAMES = ['symbol:A', 'symbol:B', 'symbol:C', 'symbol:D', 'symbol:E', 'symbol:F'];

let time: ReturnType<typeof simulatedTime>;
let table: ReturnType<typeof createLeaseTable>;
/** Who works with which lease. */
let working: Set<string>;
/** Names of leases that two nodes worked with at the same time. */
let doubled: string[];

beforeEach(() => {
  time = simulatedTime(0);
  table = createLeaseTable(time.clock, time.timers);
  working = new Set();
  doubled = [];
});

/** A node whose connection to the database the test controls, and which can be killed. */
async function openNode(name: string, { role = 'all' as NodeRole, names = NAMES } = {}) {
  const state = { connection: 'works' as 'works' | 'fails' | 'silent' };
  const repository = table.connect(state);
  const cluster = createPostgresCluster({
    node: { id: `${name}-1`, name, role, version: '1' },
    ...{ repository, reader: repository, timers: time.timers, log: silentLog },
  });
  const leases: Lease[] = [];
  const gone: string[] = [];
  cluster.onGone((node) => void gone.push(node.name));
  const giveUps = names.map((wanted) =>
    cluster.leases.want(wanted, () => {
      leases.push(cluster.leases.find(wanted) as Lease);
      const own = `${wanted} ${name}`;
      if ([...working].some((other) => other.startsWith(`${wanted} `))) doubled.push(wanted);
      working.add(own);
      return async () => void working.delete(own);
    }),
  );
  await cluster.start();
  onTestFinished(async () => {
    state.connection = 'fails';
    const closed = cluster.close();
    await time.pass(5000);
    await closed;
  });
  return { cluster, state, leases, gone, giveUps, held: cluster.leases.held };
}

/** Lets time pass in steps, so that nothing that happens in between is missed. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) await time.pass(100);
}

test('the first node gets every lease, and a worker none', async () => {
  const worker = await openNode('worker', { role: 'worker' });
  const first = await openNode('first');
  await pass(3000);
  expect(first.held()).toEqual(NAMES);
  expect(worker.held()).toEqual([]);
  expect(await worker.cluster.nodes()).toMatchObject([
    { name: 'worker', role: 'worker', leases: [] },
    { name: 'first', leases: NAMES, heartbeatAgeMs: expect.any(Number) },
  ]);
});

test.each(['fails', 'silent'] as const)(
  'a node whose connection %s ends its work before others begin theirs',
  async (fault) => {
    const first = await openNode('first');
    const second = await openNode('second');
    await pass(3000);
    first.state.connection = fault;
    await pass(5000);
    expect(first.held()).toEqual([]);
    await pass(5000);
    expect(second.held()).toEqual(NAMES);
    expect(doubled).toEqual([]);
    expect(second.gone).toEqual(['first']);
    first.state.connection = 'works';
    await pass(60_000);
    expect(second.gone).toEqual(['first']);
  },
);

test('a lease of a dead node is taken within 10 s, and the others share what it had', async () => {
  const first = await openNode('first');
  const [second, third] = [await openNode('second'), await openNode('third')];
  await pass(10_000);
  first.state.connection = 'fails';
  await pass(9500);
  expect([...second.held(), ...third.held()].sort()).toEqual(NAMES);
  expect(second.held()).toHaveLength(3);
  expect([second.gone, third.gone]).toEqual([['first'], ['first']]);
});

test('a new owner has a greater token, and the lease of the owner before counts no more', async () => {
  const first = await openNode('first', { names: ['alerts'] });
  const second = await openNode('second', { names: ['alerts'] });
  first.state.connection = 'silent';
  await pass(10_000);
  expect(second.leases[0]?.token).toBeGreaterThan(first.leases[0]?.token as number);
  await expect(first.leases[0]?.requireHeld(undefined as never)).rejects.toMatchObject({
    code: 'LEASE_LOST',
  });
});

test('a lease that is given up goes to another node at once, and its work has ended', async () => {
  const first = await openNode('first');
  const second = await openNode('second');
  await first.giveUps[0]?.();
  expect(first.held()).toEqual(NAMES.slice(1));
  await pass(1500);
  expect(second.held()).toEqual(NAMES.slice(0, 1));
  expect(doubled).toEqual([]);
});

test('several parts of a node share a lease, which goes when the last of them gives it up', async () => {
  const { cluster } = await openNode('first', { names: [] });
  const log: string[] = [];
  const want = (part: string) =>
    cluster.leases.want('symbol:A', () => {
      log.push(`${part} begins`);
      return async () => void log.push(`${part} ends`);
    });
  const giveUpMarket = want('market');
  await pass(1500);
  const giveUpAccounts = want('accounts');
  await giveUpMarket();
  expect(cluster.leases.held()).toEqual(['symbol:A']);
  await giveUpAccounts();
  expect(log).toEqual(['market begins', 'accounts begins', 'market ends', 'accounts ends']);
  expect(cluster.leases.held()).toEqual([]);
});

test('a node that leaves is gone for the others, and its leases are free', async () => {
  const first = await openNode('first');
  const second = await openNode('second');
  await pass(10_000);
  await first.cluster.close();
  await pass(3000);
  expect(second.held()).toEqual(NAMES);
  expect(second.gone).toEqual(['first']);
  expect(await second.cluster.nodes()).toMatchObject([{ name: 'second' }]);
});

test('while the database is away, nodes end their work; afterwards they work again, and none counts as dead', async () => {
  const nodes = [await openNode('first'), await openNode('second')];
  await pass(10_000);
  for (const { state } of nodes) state.connection = 'fails';
  await pass(60_000);
  expect(working.size).toBe(0);
  for (const { state } of nodes) state.connection = 'works';
  await pass(5000);
  expect([...working].map((entry) => entry.split(' ')[0]).sort()).toEqual(NAMES);
  await pass(30_000);
  expect(nodes.flatMap(({ gone }) => gone)).toEqual([]);
  expect(doubled).toEqual([]);
});

test('a part of the report that cannot be read does not stop the heartbeats', async () => {
  const { cluster } = await openNode('first');
  cluster.reportPart('memory', () => ({ bytes: 5 }));
  cluster.reportPart('broken', () => {
    throw new Error('broken');
  });
  await pass(2500);
  expect(await cluster.nodes()).toMatchObject([{ report: { memory: { bytes: 5 } } }]);
});
