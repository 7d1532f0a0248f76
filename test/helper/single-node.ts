import { createSingleNode } from '../../src/cluster/single-node.ts';
import { silentLog } from './log.ts';

/** A node that shares its store with no other. */
export function singleNode() {
  const node = { id: 'node-1', name: 'node', role: 'all', version: '1' } as const;
  return createSingleNode({ node, now: () => 0, log: silentLog });
}
