import type { Log } from '../runtime/log.ts';
import type { NodeReport } from './cluster.ts';

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
