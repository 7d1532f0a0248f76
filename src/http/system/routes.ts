import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import type { Alerts } from '../../alerts/open-alerts.ts';
import type { InferenceEngine } from '../../models/engine.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { VERSION } from '../../runtime/version.ts';
import type { Readiness } from '../../services/readiness.ts';
import { isoTime } from '../shared/times.ts';
import { answerOfComponents, answerOfEngine, answerOfPolledAccount } from './answer.ts';
import { system } from './schema.ts';

export interface SystemRoutesOptions {
  readonly readiness: () => Promise<Readiness>;
  readonly engine: Pick<InferenceEngine, 'status'>;
  readonly accounts: Pick<PaperDesk['accounts'], 'list'>;
  readonly alerts: Pick<Alerts, 'pollsOf'>;
  readonly marketSource: string;
  readonly uploadMaxBytes: number;
  readonly now: () => number;
}

/** `GET /api/system` (http.md#25). */
export const systemRoutes: FastifyPluginAsyncZod<SystemRoutesOptions> = async (app, options) => {
  const { readiness, engine, accounts, alerts, marketSource, uploadMaxBytes, now } = options;

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
      return {
        version: VERSION,
        node: process.version,
        market_source: marketSource,
        started_at: isoTime(now() - uptime * 1000),
        uptime_seconds: Math.round(uptime),
        upload_max_bytes: uploadMaxBytes,
        default_package_id: DEFAULT_PACKAGE_ID,
        parts: answerOfComponents(await readiness()),
        memory: { resident_bytes: rss, heap_bytes: heapUsed },
        inference: answerOfEngine(engine.status()),
        accounts: (await accounts.list()).map((owned) =>
          answerOfPolledAccount(owned, alerts.pollsOf(owned.stored.account.id)),
        ),
      };
    },
  );
};
