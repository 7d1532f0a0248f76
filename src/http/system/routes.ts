import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { VERSION } from '../../runtime/version.ts';
import { answerOfNode } from '../shared/nodes.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfEngine, answerOfPolledAccount } from './answer.ts';
import { system } from './schema.ts';

/** `GET /api/system` (http.md#25). */
export const systemRoutes: Routes = async (app, services) => {
  const {
    readiness,
    cluster,
    engine,
    backgroundEngine,
    desk,
    alerts,
    proxies,
    marketSource,
    uploadMaxBytes,
    clock,
  } = services;

  app.get(
    '/api/system',
    {
      schema: {
        tags: ['operations'],
        summary: 'The process, its components, and the loops that poll accounts',
        response: { 200: system },
      },
    },
    async () => {
      const { rss, heapUsed } = process.memoryUsage();
      const uptime = process.uptime();
      const { parts, nodes } = await readiness();
      return {
        version: VERSION,
        node: process.version,
        market_source: marketSource,
        proxies,
        started_at: isoTime(clock.now() - uptime * 1000),
        uptime_seconds: Math.round(uptime),
        upload_max_bytes: uploadMaxBytes,
        default_package_id: DEFAULT_PACKAGE_ID,
        parts,
        is_cluster: cluster.isShared,
        nodes: nodes.map((node) => answerOfNode(node, cluster.node.id)),
        memory: { resident_bytes: rss, heap_bytes: heapUsed },
        inference: answerOfEngine(engine.status()),
        background_inference: answerOfEngine(backgroundEngine.status()),
        accounts: (await desk.accounts.list()).map((owned) =>
          answerOfPolledAccount(owned, alerts.pollsOf(owned.stored.account.id)),
        ),
      };
    },
  );
};
