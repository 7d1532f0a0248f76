import { z } from 'zod';
import { nodeAnswer } from '../shared/nodes.ts';

export const componentState = z.object({
  ready: z.boolean(),
  scope: z.enum(['node', 'cluster']).describe('whether each node has its own, or all nodes share it'),
  detail: z.string().describe('one sentence'),
});

/** The components of the service. */
export function componentsOf<State extends z.ZodType>(state: State) {
  return z.object({ database: state, default_package: state, market: state, inference: state });
}

export const readyAnswer = z
  .object({
    ready: z
      .boolean()
      .describe(
        'whether this node can serve: all of its parts are ready, and with SQLite the shared ones, too',
      ),
    cluster_ready: z.boolean().describe('whether all parts are ready'),
    market_source: z.string(),
    parts: componentsOf(componentState.extend({ facts: z.record(z.string(), z.unknown()) })),
    nodes: z
      .array(nodeAnswer.omit({ address: true }))
      .describe('the nodes that are alive, by name; empty if the database does not answer'),
  })
  .meta({ id: 'Readiness' });
