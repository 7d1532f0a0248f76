import { hostname } from 'node:os';
import { z } from 'zod';
import { isUnspecified } from '../auth/listen-address.ts';
import type { Cluster, NodeReport } from '../cluster/cluster.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { InferenceEngine } from '../models/engine.ts';

const count = z.int().nonnegative();
const bytes = count.describe('bytes');

/** The parts of a node's report that every node understands, in the form in which they are stored and answered. */
export const nodeParts = {
  memory: z.object({
    resident_bytes: bytes.describe('of the main process, without the inference process'),
    heap_bytes: bytes.describe('JavaScript heap in use'),
    models_bytes: bytes.describe('estimated private memory of the loaded models'),
  }),
  inference: z.object({
    state: z.enum(['idle', 'running', 'resting', 'closed']).describe('idle: not started yet'),
    deaths: count,
  }),
  jobs: z.array(z.object({ kind: z.string(), running: count })).describe('jobs that the node runs'),
  address: z.url({ protocol: /^https?$/ }).describe('where the node listens'),
};

/** Null for a part that a node does not report. */
export type NodeParts = {
  readonly [Part in keyof typeof nodeParts]: z.infer<(typeof nodeParts)[Part]> | null;
};

/** Makes this node report its memory, the state of its inference process and the jobs that it runs. */
export function reportNode(
  { reportPart }: Pick<Cluster, 'reportPart'>,
  { status }: Pick<InferenceEngine, 'status'>,
  { runningHere }: Pick<Jobs, 'runningHere'>,
): void {
  reportPart('memory', (): NodeParts['memory'] => {
    const { rss, heapUsed } = process.memoryUsage();
    const models = status().models.reduce((sum, { privateBytes }) => sum + privateBytes, 0);
    return { resident_bytes: rss, heap_bytes: heapUsed, models_bytes: Math.round(models) };
  });
  reportPart('inference', (): NodeParts['inference'] => {
    const { state, deaths } = status();
    return { state, deaths };
  });
  reportPart('jobs', runningHere);
}

/** Makes this node report where it listens: at the name of its machine where it listens on all addresses. */
export function reportAddress(
  { reportPart }: Pick<Cluster, 'reportPart'>,
  { host, port }: { readonly host: string; readonly port: number },
): void {
  const reachable = isUnspecified(host) ? hostname() : host;
  const address: NodeParts['address'] = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  reportPart('address', () => address);
}

/** The parts of a report; null for one in a form that this version of the program does not know. */
export function partsOf(report: NodeReport): NodeParts {
  return {
    memory: nodeParts.memory.safeParse(report.memory).data ?? null,
    inference: nodeParts.inference.safeParse(report.inference).data ?? null,
    jobs: nodeParts.jobs.safeParse(report.jobs).data ?? null,
    address: nodeParts.address.safeParse(report.address).data ?? null,
  };
}
