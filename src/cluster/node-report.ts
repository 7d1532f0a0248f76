import type { Log } from '../runtime/log.ts';
import type { Cluster, NodeReport, NodeState } from './cluster.ts';

/** Collects what the components of this node tell the others. */
export function createNodeReport(log: Log) {
  const parts = new Map<string, () => unknown>();
  return {
    add: (name: string, read: () => unknown): void => void parts.set(name, read),
    /** A part that cannot be read is left out and logged, so that heartbeats go on. */
    read(): NodeReport {
      const report: Record<string, unknown> = {};
      for (const [name, read] of parts) {
        try {
          report[name] = read();
        } catch (error) {
          log.error({ err: error, part: name }, 'a part of the report of this node could not be read');
        }
      }
      return report;
    },
  };
}

/** What a node tells in one part of its report. */
export interface NodePart<T> {
  readonly node: NodeState;
  readonly part: T;
}

/**
 * Reads one part of the reports of all nodes, in order of their names. Nodes of another version are left out: during an
 * update they may tell something else.
 */
export async function readParts<T>(
  cluster: Pick<Cluster, 'node' | 'nodes'>,
  name: string,
): Promise<readonly NodePart<T>[]> {
  const nodes = (await cluster.nodes()).filter(({ version }) => version === cluster.node.version);
  return nodes
    .filter(({ report }) => report[name] !== undefined)
    .map((node) => ({ node, part: node.report[name] as T }));
}
