import { join } from 'node:path';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { reasonOfPoll } from './accounts/poll.ts';
import type { Config } from './config.ts';
import { accountListRoutes } from './http/account-list/routes.ts';
import { accountRoutes } from './http/accounts/routes.ts';
import { alertRoutes } from './http/alerts/routes.ts';
import { attributionRoutes } from './http/attribution/routes.ts';
import { authRoutes } from './http/auth/routes.ts';
import { comparisonRoutes } from './http/comparison/routes.ts';
import { dashboardRoutes } from './http/dashboard/routes.ts';
import { eventRoutes } from './http/events/routes.ts';
import { payloadRoutes } from './http/factor-models/payload/routes.ts';
import { predictRoutes } from './http/factor-models/predict/routes.ts';
import { factorModelRoutes } from './http/factor-models/routes.ts';
import { factorSymbolRoutes } from './http/factor-models/symbols/routes.ts';
import { forecastRoutes } from './http/forecasts/routes.ts';
import { healthRoutes } from './http/health/routes.ts';
import { inferenceRoutes } from './http/inference/routes.ts';
import { marketRoutes } from './http/market/routes.ts';
import { createMetrics, type Metrics } from './http/metrics/registry.ts';
import { metricsRoutes } from './http/metrics/routes.ts';
import { mlSignalRoutes } from './http/ml-signal/routes.ts';
import { packageAliasRoutes } from './http/packages/alias-routes.ts';
import { packageDiffRoutes } from './http/packages/diff-routes.ts';
import { packageRoutes } from './http/packages/routes.ts';
import { performanceRoutes } from './http/performance/routes.ts';
import { accessControl } from './http/plugins/access.ts';
import { documentation } from './http/plugins/documentation.ts';
import { gracefulClose } from './http/plugins/graceful-close.ts';
import { hostAndOrigin } from './http/plugins/host-and-origin.ts';
import { requestMetrics } from './http/plugins/metrics.ts';
import { multipartUploads } from './http/plugins/multipart.ts';
import { overload } from './http/plugins/overload.ts';
import { packageAliases } from './http/plugins/package-aliases.ts';
import { answerFrameworkError, problemDetails } from './http/plugins/problem-details.ts';
import { publicPath, withoutPublicPath } from './http/plugins/public-path.ts';
import { recordProblem } from './http/plugins/record-problem.ts';
import { requestBodies } from './http/plugins/request-bodies.ts';
import { responseHeaders } from './http/plugins/response-headers.ts';
import { webPage } from './http/plugins/web-page.ts';
import { positionRoutes } from './http/positions/routes.ts';
import { priceUpdateRoutes } from './http/price-update/routes.ts';
import { readyRoutes } from './http/ready/routes.ts';
import { recentErrorsRoutes } from './http/recent-errors/routes.ts';
import { recordRoutes } from './http/records/routes.ts';
import { replayRoutes } from './http/replays/routes.ts';
import type { Routes } from './http/shared/routes.ts';
import { signalRoutes } from './http/signal/routes.ts';
import { systemRoutes } from './http/system/routes.ts';
import { PROJECT_ROOT } from './runtime/project-root.ts';
import type { Services } from './services.ts';

/** Connections without traffic are closed after this time; a whole request (an upload) may take much longer. */
const IDLE_LIMIT_MS = 60_000;
const REQUEST_LIMIT_MS = 30 * 60_000;

const ROUTES: readonly Routes[] = [
  ...[healthRoutes, readyRoutes, systemRoutes, recentErrorsRoutes, metricsRoutes, eventRoutes, alertRoutes],
  ...[
    marketRoutes,
    packageRoutes,
    packageAliasRoutes,
    packageDiffRoutes,
    inferenceRoutes,
    signalRoutes,
    mlSignalRoutes,
  ],
  ...[
    accountListRoutes,
    accountRoutes,
    performanceRoutes,
    dashboardRoutes,
    comparisonRoutes,
    positionRoutes,
    priceUpdateRoutes,
  ],
  ...[recordRoutes, attributionRoutes, forecastRoutes, replayRoutes],
  ...[authRoutes, factorModelRoutes, factorSymbolRoutes, payloadRoutes, predictRoutes],
];

type AppConfig = Pick<
  Config,
  | 'host'
  | 'publicUrls'
  | 'trustedProxies'
  | 'corsOrigin'
  | 'marketSource'
  | 'uploadMaxBytes'
  | 'uploadsAtOnce'
  | 'overloadDelayMs'
>;

/** The HTTP interface of the services; it does not listen yet. */
export async function buildApp(
  services: Services,
  config: AppConfig,
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
    rewriteUrl: withoutPublicPath(config.publicUrls),
    frameworkErrors: answerFrameworkError,
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
  });
  const metrics = createMetrics(services.cluster);
  services.forecasts.onComputed((milliseconds) => metrics.forecastSeconds.observe(milliseconds / 1000));
  services.autoTrading.onPoll((polled) => metrics.countDecision('service', reasonOfPoll(polled)));
  await registerPlugins(app, services, config, metrics);
  const { marketSource, uploadMaxBytes, uploadsAtOnce } = config;
  for (const routes of ROUTES) {
    await app.register(routes, { ...services, metrics, marketSource, uploadMaxBytes, uploadsAtOnce });
  }
  return app;
}

/** The order is the order in which their hooks run. */
async function registerPlugins(
  app: FastifyInstance,
  { recentErrors, access, cluster, aliases }: Services,
  config: AppConfig,
  metrics: Metrics,
): Promise<void> {
  const { host: listenHost, publicUrls, corsOrigin, marketSource } = config;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(problemDetails, { onProblem: recordProblem(recentErrors) });
  const node = cluster.isShared ? cluster.node.name : undefined;
  await app.register(responseHeaders, { marketSource, node });
  await app.register(hostAndOrigin, { listenHost, publicUrls, corsOrigin });
  await app.register(publicPath, { publicUrls });
  await app.register(gracefulClose);
  await app.register(overload, { maxDelayMs: config.overloadDelayMs });
  await app.register(requestMetrics, { metrics });
  await app.register(accessControl, { access });
  await app.register(requestBodies);
  await app.register(packageAliases, { aliases });
  await app.register(multipartUploads, { maxFileBytes: config.uploadMaxBytes });
  await app.register(documentation, { publicUrls });
  await app.register(webPage, { folder: join(PROJECT_ROOT, 'dist', 'web') });
}
