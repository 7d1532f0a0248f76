import { join } from 'node:path';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Config } from './config.ts';
import { paperAccountRoutes } from './http/accounts/routes.ts';
import { alertRoutes } from './http/alerts/routes.ts';
import { authRoutes } from './http/auth/routes.ts';
import { paperCompareRoutes } from './http/comparison/routes.ts';
import { paperSignalRoutes } from './http/decisions/poll-routes.ts';
import { decisionRoutes } from './http/decisions/routes.ts';
import { eventRoutes } from './http/events/routes.ts';
import { factorModelRoutes } from './http/factor-models/routes.ts';
import { paperForecastRoutes } from './http/forecasts/routes.ts';
import { marketRoutes } from './http/market/routes.ts';
import { refreshMarketMetrics } from './http/metrics/market-metrics.ts';
import { createMetrics, refreshMetrics } from './http/metrics/registry.ts';
import { metricsRoutes } from './http/metrics/routes.ts';
import { modelPackageRoutes } from './http/packages/routes.ts';
import { accessControl } from './http/plugins/access.ts';
import { documentation } from './http/plugins/documentation.ts';
import { gracefulClose } from './http/plugins/graceful-close.ts';
import { hostAndOrigin } from './http/plugins/host-and-origin.ts';
import { requestMetrics } from './http/plugins/metrics.ts';
import { multipartUploads } from './http/plugins/multipart.ts';
import { overload } from './http/plugins/overload.ts';
import { page } from './http/plugins/page.ts';
import { answerFrameworkError, problemDetails } from './http/plugins/problem-details.ts';
import { responseHeaders } from './http/plugins/response-headers.ts';
import { zodSchemas } from './http/plugins/zod-schemas.ts';
import { paperPositionRoutes } from './http/positions/routes.ts';
import { paperRecordRoutes } from './http/records/routes.ts';
import { paperReplayRoutes } from './http/replays/routes.ts';
import { noteProblem } from './http/shared/note-problem.ts';
import { healthRoutes } from './http/system/health-routes.ts';
import { readyRoutes } from './http/system/ready-routes.ts';
import { systemRoutes } from './http/system/routes.ts';
import { PROJECT_ROOT } from './runtime/project-root.ts';
import { VERSION } from './runtime/version.ts';
import type { Services } from './services.ts';

/** A client that sends nothing for this long is given up; a whole request may take much longer (uploads). */
const IDLE_LIMIT_MS = 60_000;
const REQUEST_LIMIT_MS = 30 * 60_000;

/** The HTTP interface over the services, ready to listen or to be injected into. */
export async function buildApp(
  services: Services,
  config: Pick<
    Config,
    'host' | 'publicUrls' | 'corsOrigin' | 'marketSource' | 'uploadMaxBytes' | 'overloadDelayMs'
  >,
  loggerInstance: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance,
    connectionTimeout: IDLE_LIMIT_MS,
    requestTimeout: REQUEST_LIMIT_MS,
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: answerFrameworkError,
  }).withTypeProvider<ZodTypeProvider>();
  // JSON is what bodies are, and multipart for uploads; Fastify itself would take text as well.
  app.removeContentTypeParser('text/plain');
  const { marketSource } = config;
  const { registry, folders, warmUps, decisions, desk, clock, newId } = services;
  const metrics = createMetrics();
  services.forecasts.onComputed((milliseconds) => metrics.forecastSeconds.observe(milliseconds / 1000));

  await app.register(zodSchemas);
  await app.register(problemDetails, { onProblem: noteProblem(services.recentErrors) });
  await app.register(responseHeaders, { marketSource });
  const { host: listenHost, publicUrls, corsOrigin } = config;
  await app.register(hostAndOrigin, { listenHost, publicUrls, corsOrigin });
  await app.register(gracefulClose);
  await app.register(overload, { maxDelayMs: config.overloadDelayMs });
  await app.register(requestMetrics, { metrics });
  await app.register(accessControl, { access: services.access });
  await app.register(multipartUploads, { maxFileBytes: config.uploadMaxBytes });
  await app.register(documentation);
  await app.register(page, { folder: join(PROJECT_ROOT, 'dist', 'web') });

  await app.register(healthRoutes, { uptimeSeconds: () => process.uptime() });
  await app.register(readyRoutes, { readiness: services.readiness, marketSource });
  await app.register(systemRoutes, {
    ...{ readiness: services.readiness, engine: services.engine, accounts: desk.accounts },
    ...{ alerts: services.alerts, recentErrors: services.recentErrors, marketSource },
    ...{ uploadMaxBytes: config.uploadMaxBytes, version: VERSION, now: clock.now },
  });
  await app.register(metricsRoutes, {
    metrics,
    refresh: async () => {
      await refreshMetrics(metrics, { registry, alerts: services.alerts });
      await refreshMarketMetrics(metrics.market, services);
    },
  });
  await app.register(eventRoutes, { events: services.events });
  await app.register(alertRoutes, { alerts: services.alerts });
  await app.register(modelPackageRoutes, { registry, folders, warmUps, newId });
  await app.register(decisionRoutes, {
    ...{ registry, decisions, desk, metrics, marketSource },
    ...{ history: services.history, now: clock.now },
  });
  await app.register(paperSignalRoutes, { desk, metrics, marketSource });
  await app.register(paperAccountRoutes, {
    ...{ desk, decisions, history: services.history, quality: services.quality, marketSource },
  });
  await app.register(paperCompareRoutes, { compared: services.compared, replays: services.replays });
  await app.register(paperReplayRoutes, { desk, replays: services.replays });
  await app.register(paperPositionRoutes, { desk, newId });
  await app.register(paperRecordRoutes, { desk, now: clock.now });
  await app.register(paperForecastRoutes, { desk });
  await app.register(marketRoutes, {
    ...{ history: services.history, live: services.live, executions: services.executions },
    marketSource,
  });
  await app.register(authRoutes, { access: services.access });
  await app.register(factorModelRoutes, { models: services.factorModels });
  return app as unknown as FastifyInstance;
}
