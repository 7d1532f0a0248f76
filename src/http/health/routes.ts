import { z } from 'zod';
import type { Routes } from '../shared/routes.ts';

/** The URLs by which process managers check that the process is alive; answered even during overload. */
export const HEALTH_URLS = ['/health', '/api/health'] as const;

/** `GET /health` and the older `/api/health` (http.md#25). They depend on no other component. */
export const healthRoutes: Routes = async (app) => {
  for (const url of HEALTH_URLS) {
    app.get(
      url,
      {
        logLevel: 'warn',
        config: { access: 'open' },
        schema: {
          tags: ['operations'],
          summary: url === '/health' ? 'The process is alive' : 'The same by its older route',
          response: { 200: z.object({ status: z.literal('ok'), uptime_seconds: z.number() }) },
        },
      },
      async () => ({ status: 'ok' as const, uptime_seconds: Math.round(process.uptime()) }),
    );
  }
};
