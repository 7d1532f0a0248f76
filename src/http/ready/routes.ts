import { answerOfNode } from '../shared/nodes.ts';
import type { Routes } from '../shared/routes.ts';
import { readyAnswer } from './schema.ts';

/** `GET /ready` (http.md#25, http.md#27). */
export const readyRoutes: Routes = async (app, { readiness, cluster, marketSource }) => {
  app.get(
    '/ready',
    {
      logLevel: 'warn',
      config: { access: 'open' },
      schema: {
        tags: ['operations'],
        summary: 'Whether this node and what the nodes share works, and which nodes there are',
        response: { 200: readyAnswer, 503: readyAnswer },
      },
    },
    async (_request, reply) => {
      const { isNodeReady: ready, isClusterReady, parts, nodes } = await readiness();
      return reply.code(ready ? 200 : 503).send({
        ready,
        cluster_ready: isClusterReady,
        market_source: marketSource,
        parts,
        nodes: nodes.map((node) => answerOfNode(node, cluster.node.id)),
      });
    },
  );
};
