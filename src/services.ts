import { setImmediate as nextTick } from 'node:timers/promises';
import { type Alerts, openAlerts } from './alerts/open-alerts.ts';
import { type Access, createAccess } from './auth/access.ts';
import { createAccessRepository } from './auth/access-repository.ts';
import { createFailureRepository } from './auth/failure-repository.ts';
import type { AutoTrading } from './auto-trading/auto-trading.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Config } from './config.ts';
import { diskSpace } from './db/disk-space.ts';
import { openStore } from './db/open-store.ts';
import type { EventHub } from './events/event-hub.ts';
import type { FactorModels } from './factor-models/factor-models.ts';
import type { Jobs } from './jobs/jobs.ts';
import { claimStore, requireMarket } from './market/store/store-source-repository.ts';
import type { InferenceEngine } from './models/engine.ts';
import { createOutgoing } from './runtime/outgoing/outgoing.ts';
import { createRecentErrors, type RecentErrors, withRecentErrors } from './runtime/recent-errors.ts';
import { waitAtMost } from './runtime/wait-at-most.ts';
import { withoutRepeats } from './runtime/without-repeats.ts';
import type { Environment, ServiceContext } from './services/context.ts';
import { followPackages } from './services/follow-packages.ts';
import { reportNode } from './services/node-parts.ts';
import { openAutoTrading } from './services/open-auto-trading.ts';
import { openCluster } from './services/open-cluster.ts';
import { type DecisionServices, openDecisions } from './services/open-decisions.ts';
import { type DriftServices, openDrift } from './services/open-drift.ts';
import { openEvents } from './services/open-events.ts';
import { openFactorModels } from './services/open-factor-models.ts';
import { openInference } from './services/open-inference.ts';
import { openJobs } from './services/open-jobs.ts';
import { type MarketServices, openMarket } from './services/open-market.ts';
import { openPackages, type PackageServices } from './services/open-packages.ts';
import { openTrading, type TradingServices } from './services/open-trading.ts';
import { type Readiness, readReadiness } from './services/readiness.ts';

/** A shutdown gives so long to polls that the service makes itself, in ms. */
const POLLS_LIMIT_MS = 2000;

/** All components below HTTP. */
export interface Services
  extends PackageServices,
    Pick<MarketServices, 'exchange' | 'history' | 'live' | 'prices' | 'marketStatus'>,
    Pick<DecisionServices, 'forecasts' | 'decisions' | 'warmUps' | 'scalers'>,
    Pick<TradingServices, 'desk' | 'storedForecasts' | 'executions' | 'statistics' | 'replays'>,
    Pick<DriftServices, 'drift'> {
  readonly cluster: Cluster;
  readonly jobs: Jobs;
  readonly engine: InferenceEngine;
  /** For all that is not live (`openInference`). */
  readonly backgroundEngine: InferenceEngine;
  readonly events: EventHub;
  readonly alerts: Alerts;
  readonly autoTrading: AutoTrading;
  readonly recentErrors: RecentErrors;
  readonly access: Access;
  readonly factorModels: FactorModels;
  readonly clock: Environment['clock'];
  readonly newId: () => string;
  /** Addresses of the proxies that this node uses, without user and password; null where there is none. */
  readonly proxies: {
    readonly rest: string | null;
    readonly stream: string | null;
    readonly webhook: string | null;
  };
  readonly readiness: () => Promise<Readiness>;
  /**
   * Claims the store for its market and starts background work: market sync, execution of accounts, jobs. To be called
   * once the service listens, because this loads the exchange's library, which takes a while.
   */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database and all components; background work does not start yet.
 * @throws if the database cannot be opened or holds another market; everything is closed again then
 */
export async function openServices(config: Config, environment: Environment): Promise<Services> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const services = await openComponents(config, environment, (closer) => closers.push(closer));
    return { ...services, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openComponents(
  config: Config,
  { clock, timers, newId, log: plainLog, passwordCost }: Environment,
  onClose: ServiceContext['onClose'],
): Promise<Omit<Services, 'close'>> {
  const { now } = clock;
  const outgoing = createOutgoing(config.proxies);
  onClose(() => outgoing.close());
  const recentErrors = createRecentErrors(now);
  const log = withRecentErrors(withoutRepeats(plainLog, now), recentErrors);
  const database = await openStore(config.store, { connections: config.databaseConnections });
  onClose(() => database.destroy());
  const source = { exchange: config.exchange, kind: config.marketSource };
  await requireMarket(database, source);
  /** Of this run of the service. */
  const runId = newId();
  const events = await openEvents({ config, database, timers, log, onClose }, runId);
  const cluster = await openCluster({ config, database, now, timers, log, onClose }, runId);
  cluster.onGone(({ id }) => events.nodeLost(id));
  const jobs = await openJobs({ config, database, cluster, timers, log, onClose });
  const pause = () => nextTick();
  const context: ServiceContext = {
    ...{ config, database, cluster, jobs, events, outgoing, now, timers, newId, log, pause, onClose },
  };

  const market = openMarket(context);
  const { history, live, marketStatus } = market;
  const { engine, background } = openInference(context);
  reportNode(cluster, engine, jobs);
  const packages = await openPackages(context, background, market.exchange);
  const { registry } = packages;
  const decisions = openDecisions(context, { ...packages, engine, background, history });
  const trading = openTrading(context, market, packages, decisions);
  const autoTrading = openAutoTrading(context, packages, trading);
  const { drift, startDriftWatch } = openDrift(context, market, packages, decisions);
  const webhook = config.alertWebhook && { ...config.alertWebhook, fetch: outgoing.fetch };
  const alerts = await openAlerts({
    ...{
      drift,
      database,
      jobs,
      leases: cluster.leases,
      registry,
      live,
      marketStatus,
      events,
      now,
      timers,
      log,
    },
    ...{ webhook, desk: trading.desk, diskSpace: () => diskSpace(config.store) },
  });
  onClose(() => alerts.close());
  const access = createAccess({
    repository: createAccessRepository(database),
    failures: createFailureRepository(database),
    sessionMs: config.tokenTtlMs,
    ...(passwordCost === undefined ? {} : { passwordCost }),
    now,
  });
  const factorModels = await openFactorModels(context);
  // Jobs and loops end before the components that they use. What they wait for may take longer than a shutdown: the engines
  // and the exchange then end their calls.
  onClose(async () => {
    const polled = waitAtMost(autoTrading.close(), POLLS_LIMIT_MS, timers);
    await Promise.all([jobs.close(), background.close(), polled]);
    await Promise.all([engine.close(), market.exchange.close()]);
  });

  return {
    ...market,
    ...packages,
    ...decisions,
    cluster,
    jobs,
    engine,
    backgroundEngine: background,
    ...trading,
    ...{ autoTrading, drift, alerts, access, factorModels, events, recentErrors, clock, newId },
    proxies: {
      ...market.exchange.status().proxies,
      webhook: webhook === undefined ? null : outgoing.proxyOf(webhook.url),
    },
    readiness: () => readReadiness({ registry, marketStatus, engine, cluster, log }),
    async start() {
      // Only now nothing can refuse the start any more.
      await claimStore(database, source);
      await cluster.start();
      await followPackages(registry, events, live, (error) =>
        log.error({ err: error }, 'the live market could not follow a change of the packages'),
      );
      await decisions.warmUps.start();
      await trading.start();
      await autoTrading.start();
      startDriftWatch();
      market.candleRetention.start();
      await jobs.start();
    },
  };
}
