import type { Cluster, NodeIdentity, NodeRole } from '../../src/cluster/cluster.ts';

/** Nodes of a test, which live and die as it says. */
export function testCluster() {
  const alive = new Map<string, NodeIdentity>();
  const listeners = new Map<string, (gone: NodeIdentity) => void>();
  return {
    /** A node that comes to life. */
    join(id: string, role: NodeRole = 'all'): Pick<Cluster, 'node' | 'nodes' | 'onGone'> {
      const node = { id, name: id, role, version: '1' };
      alive.set(id, node);
      return {
        node,
        nodes: async () =>
          [...alive.values()].map((other) => ({
            ...other,
            ...{ startedAt: 0, heartbeatAgeMs: 0, leases: [], report: {} },
          })),
        onGone: (listener) => void listeners.set(id, listener),
      };
    },
    /** Lets the others think that a node is dead; no listener is told if `isSeen` is false. */
    lose(id: string, isSeen = true): void {
      const gone = alive.get(id);
      alive.delete(id);
      listeners.delete(id);
      if (gone !== undefined && isSeen) for (const listener of listeners.values()) listener(gone);
    },
  };
}
