import type { Log } from '../runtime/log.ts';
import type { Cluster, NodeIdentity } from './cluster.ts';
import { ALL_LEASES } from './leases.ts';
import { createNodeReport } from './node-report.ts';
import { createWantedLeases } from './wanted-leases.ts';

export interface SingleNodeOptions {
  readonly node: NodeIdentity;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** The only node of a store: it holds every lease, and work with a lease begins at once. */
export function createSingleNode({ node, now, log }: SingleNodeOptions): Cluster {
  const startedAt = now();
  const wanted = createWantedLeases();
  const report = createNodeReport(log);
  return {
    node,
    isShared: false,
    leases: {
      want(name, begin) {
        const user = wanted.add(name, begin);
        wanted.begin(name);
        return () => wanted.remove(user);
      },
      ...ALL_LEASES,
      held: wanted.names,
    },
    reportPart: report.add,
    nodes: async () => [
      { ...node, startedAt, heartbeatAgeMs: 0, leases: wanted.names(), report: report.read() },
    ],
    onGone() {},
    async start() {},
    close: wanted.endAll,
  };
}
