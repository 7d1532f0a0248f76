import { Gauge, type Registry } from 'prom-client';
import type { Cluster, NodeIdentity } from '../../cluster/cluster.ts';

export type ClusterMetrics = ReturnType<typeof createClusterMetrics>;

/**
 * The metrics of a node among others. Which node a series belongs to is said by the scraper's labels and the info metric,
 * not by a label of each series.
 */
export function createClusterMetrics({ name, role, version }: NodeIdentity, registers: Registry[]) {
  const gauge = (metric: string, help: string) =>
    new Gauge({ name: `paperdesk_${metric}`, help, labelNames: [], registers });
  const info = new Gauge({
    name: 'paperdesk_node_info',
    help: 'The node that answers; always 1',
    labelNames: ['node', 'role', 'version'],
    registers,
  });
  info.labels(name, role, version).set(1);
  return {
    nodesAlive: gauge('nodes_alive', 'Nodes that are alive, as this node sees it'),
    leasesHeld: gauge('leases_held', 'Leases that this node holds'),
    heartbeatAge: gauge('heartbeat_age_seconds', 'Time since the last heartbeat of this node'),
  };
}

/** Sets the gauges. The age is missing while the node counts as dead. */
export async function refreshClusterMetrics(
  { nodesAlive, leasesHeld, heartbeatAge }: ClusterMetrics,
  cluster: Cluster,
): Promise<void> {
  const nodes = await cluster.nodes();
  nodesAlive.set(nodes.length);
  leasesHeld.set(cluster.leases.held().length);
  const own = nodes.find(({ id }) => id === cluster.node.id);
  if (own === undefined) heartbeatAge.remove();
  else heartbeatAge.set(own.heartbeatAgeMs / 1000);
}
