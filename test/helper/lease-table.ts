import type { NodeIdentity, NodeReport } from '../../src/cluster/cluster.ts';
import { type ClusterRepository, LIFE } from '../../src/cluster/cluster-repository.ts';
import type { Timers } from '../../src/runtime/timers.ts';

interface LeaseRow {
  nodeId: string | null;
  token: number;
  expiresAt: number;
}

/** As that of the connection for leases (open-cluster.ts). */
const ANSWER_LIMIT_MS = 2000;

/** The tables `nodes` and `leases` in memory, for tests in simulated time. @param now the clock of the database */
export function createLeaseTable(now: () => number, timers: Pick<Timers, 'sleep'>) {
  const leases = new Map<string, LeaseRow>();
  const nodes = new Map<
    string,
    { node: NodeIdentity; report: NodeReport; startedAt: number; seenAt: number }
  >();
  const heldBy = (id: string) =>
    [...leases].filter(([, { nodeId, expiresAt }]) => nodeId === id && expiresAt > now());

  const repository: ClusterRepository = {
    async beat(node, report) {
      nodes.set(node.id, {
        ...{ node, report, seenAt: now() },
        startedAt: nodes.get(node.id)?.startedAt ?? now(),
      });
    },
    async renew(nodeId, names) {
      const own = [...leases].filter(([name, row]) => names.includes(name) && row.nodeId === nodeId);
      for (const [, row] of own) row.expiresAt = now() + LIFE.leaseMs;
      return own.map(([name, { token }]) => ({ name, token }));
    },
    async take(nodeId, { names, limit, freeForMs }) {
      for (const name of names)
        if (!leases.has(name)) leases.set(name, { nodeId: null, token: 0, expiresAt: 0 });
      const free = [...leases].filter(
        ([name, row]) => names.includes(name) && row.expiresAt <= now() - freeForMs,
      );
      return free.slice(0, limit).map(([name, row]) => {
        Object.assign(row, { nodeId, token: row.token + 1, expiresAt: now() + LIFE.leaseMs });
        return { name, token: row.token };
      });
    },
    async release(nodeId, names) {
      for (const [name, row] of leases)
        if (row.nodeId === nodeId && names.includes(name))
          Object.assign(row, { nodeId: null, expiresAt: now() });
    },
    async leave(nodeId) {
      await repository.release(nodeId, [...leases.keys()]);
      nodes.delete(nodeId);
    },
    nodes: async () =>
      [...nodes.values()].map(({ node, report, startedAt, seenAt }) => ({
        ...node,
        ...{ report, startedAt, heartbeatAgeMs: now() - seenAt },
        isAlive: now() - seenAt < LIFE.leaseMs,
        leases: heldBy(node.id).map(([name]) => name),
      })),
  };

  return {
    /** The repository of a node whose connection `state` may fail, or give up without an answer. */
    connect(state: { connection: 'works' | 'fails' | 'silent' }): ClusterRepository {
      const guarded = Object.entries(repository).map(([name, method]) => [
        name,
        async (...values: unknown[]) => {
          if (state.connection === 'silent') await timers.sleep(ANSWER_LIMIT_MS);
          if (state.connection !== 'works') throw new Error('Connection terminated');
          return (method as (...values: unknown[]) => unknown)(...values);
        },
      ]);
      return Object.fromEntries(guarded);
    },
  };
}
