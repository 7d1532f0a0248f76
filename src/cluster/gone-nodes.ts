import type { NodeIdentity } from './cluster.ts';
import { type KnownNode, LIFE } from './cluster-repository.ts';

/** Finds nodes that died or left, each once. */
export function createGoneNodes() {
  /** Nodes that were alive when they were last seen. */
  const alive = new Map<string, NodeIdentity>();
  const gone = new Set<string>();
  let seenAt = Number.NEGATIVE_INFINITY;
  let watchedSince = Number.NEGATIVE_INFINITY;

  return {
    /**
     * @param nodes all known nodes
     * @param now monotonic time at which they were read, in ms
     */
    update(nodes: readonly KnownNode[], now: number): NodeIdentity[] {
      // While the database was away, no node could store a heartbeat; they get time to do so.
      if (now - seenAt >= LIFE.leaseMs) watchedSince = now;
      seenAt = now;
      for (const node of nodes) {
        if (node.isAlive) gone.delete(node.id);
        if (!gone.has(node.id)) alive.set(node.id, node);
      }
      if (now - watchedSince < LIFE.leaseMs) return [];
      const found = [...alive.values()].filter(
        ({ id }) => !nodes.some((node) => node.id === id && node.isAlive),
      );
      for (const { id } of found) {
        alive.delete(id);
        gone.add(id);
      }
      return found;
    },
    /** Nodes that are not gone as far as is known, the others as well as this one. */
    present: (): readonly NodeIdentity[] => [...alive.values()],
  };
}
