import type { Cluster } from '../cluster/cluster.ts';
import { readParts } from '../cluster/node-report.ts';
import { symbolLease } from '../market/store/market-repository.ts';
import type { ExecutionStatus, Executor } from './executor.ts';

const PART = 'executions';

/** Reads the progress of accounts with lots on all nodes: each symbol as the node tells it that follows it. */
export function shareExecutions(
  cluster: Cluster,
  executor: Pick<Executor, 'status'>,
): () => Promise<readonly ExecutionStatus[]> {
  cluster.reportPart(PART, executor.status);
  return async () => {
    const parts = await readParts<readonly ExecutionStatus[]>(cluster, PART);
    return parts
      .flatMap(({ node, part }) => part.filter(({ symbol }) => node.leases.includes(symbolLease(symbol))))
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  };
}
