import type { Cluster, NodeIdentity } from '../cluster/cluster.ts';
import { createSingleNode } from '../cluster/single-node.ts';
import { VERSION } from '../runtime/version.ts';
import type { ServiceContext } from './context.ts';

type ClusterContext = Pick<ServiceContext, 'config' | 'database' | 'now' | 'timers' | 'log' | 'onClose'>;

/** A query about leases that takes longer is given up, so that the next one is in time. */
const ANSWER_LIMIT_MS = 2000;

/** This node and the others that share its store. @param id unique for every start */
export async function openCluster(context: ClusterContext, id: string): Promise<Cluster> {
  const { config, now, log, onClose } = context;
  const node = { id, name: config.nodeName, role: config.role, version: VERSION };
  const cluster =
    config.store.kind === 'postgres'
      ? await openPostgresCluster(context, node, config.store.url)
      : createSingleNode({ node, now, log });
  onClose(() => cluster.close());
  return cluster;
}

async function openPostgresCluster(
  { database, timers, log, onClose }: ClusterContext,
  node: NodeIdentity,
  url: string,
): Promise<Cluster> {
  const { connectPostgres } = await import('../db/postgres/open-postgres.ts');
  const { createClusterRepository } = await import('../cluster/cluster-repository.ts');
  const { createPostgresCluster } = await import('../cluster/postgres-cluster.ts');
  const connection = connectPostgres(url, 1, ANSWER_LIMIT_MS);
  onClose(() => connection.destroy());
  const repository = createClusterRepository(connection);
  const reader = createClusterRepository(database);
  return createPostgresCluster({ node, repository, reader, timers, log });
}
