import type { Cluster } from '../cluster/cluster.ts';
import { createSingleNode } from '../cluster/single-node.ts';
import { VERSION } from '../runtime/version.ts';
import type { ServiceContext } from './context.ts';

/** This node and the others that share its store. @param id unique for every start */
export async function openCluster(
  { config, now, log, onClose }: Pick<ServiceContext, 'config' | 'now' | 'log' | 'onClose'>,
  id: string,
): Promise<Cluster> {
  const node = { id, name: config.nodeName, role: config.role, version: VERSION };
  const cluster = createSingleNode({ node, now, log });
  onClose(() => cluster.close());
  return cluster;
}
