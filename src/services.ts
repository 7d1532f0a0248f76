import { join } from 'node:path';
import { type AccountServices, openAccounts } from './account-services.ts';
import { createAccountRepository } from './accounts/account-repository.ts';
import { packageAccounts } from './accounts/package-accounts.ts';
import { type Alerts, openAlerts } from './alerts/open-alerts.ts';
import { type Access, createAccess } from './auth/access.ts';
import { createAccessRepository } from './auth/access-repository.ts';
import type { ScryptCost } from './auth/password.ts';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './db/connection.ts';
import { createBatchForecasts } from './decisions/batch-forecasts.ts';
import { createDecisions, type Decisions } from './decisions/decide.ts';
import { createForecasts, type Forecasts } from './decisions/forecasts.ts';
import { runInt8Trial } from './decisions/int8-trial.ts';
import { createScalers } from './decisions/scalers.ts';
import { decideForWarmUp } from './decisions/warm-up-decision.ts';
import { createEventHub, type EventHub } from './events/event-hub.ts';
import { createFactorModelRepository } from './factor-models/factor-model-repository.ts';
import { createFactorModels, type FactorModels } from './factor-models/factor-models.ts';
import { startWatcher } from './factor-models/watcher.ts';
import { createWorkerThread } from './factor-models/worker-thread.ts';
import { createExchange } from './market/exchange/exchange.ts';
import { createMarketRepository } from './market/store/market-repository.ts';
import { claimStore } from './market/store/store-source-repository.ts';
import { createLiveMarket, type LiveMarket } from './market/sync/live-market.ts';
import { createMarketHistory, type MarketHistory } from './market/sync/market-history.ts';
import { createMarketLoaders } from './market/sync/market-loaders.ts';
import { followPackages } from './market-follows-packages.ts';
import { createInferenceEngine, type InferenceEngine } from './models/engine.ts';
import { removeInt8File } from './models/int8-file.ts';
import { createPackageFolders, type PackageFolders } from './packages/package-folders.ts';
import { createPackageRepository } from './packages/package-repository.ts';
import { createPackageRegistry, type PackageRegistry } from './packages/registry.ts';
import { seedDefaultPackage } from './packages/seed-default-package.ts';
import { createWarmUps, type WarmUps } from './packages/warm-up.ts';
import { wantsInt8 } from './packages/weight-choice.ts';
import { type Readiness, readReadiness } from './readiness.ts';
import type { Log } from './runtime/log.ts';
import { PROJECT_ROOT } from './runtime/project-root.ts';
import { createRecentErrors, noteErrors, type RecentErrors } from './runtime/recent-errors.ts';
import type { Timers } from './runtime/timers.ts';

/** The only ways in which the service learns the time and makes ids. */
export interface Surroundings {
  readonly clock: { readonly now: () => number };
  readonly timers: Timers;
  readonly newId: () => string;
  readonly log: Log;
  /** For tests, where the default is too slow. */
  readonly passwordCost?: ScryptCost;
}

/** Everything below HTTP, wired together. */
export interface Services extends Omit<AccountServices, 'start' | 'close'> {
  readonly registry: PackageRegistry;
  readonly folders: PackageFolders;
  readonly warmUps: WarmUps;
  readonly history: MarketHistory;
  readonly live: LiveMarket;
  readonly engine: InferenceEngine;
  readonly forecasts: Forecasts;
  readonly decisions: Decisions;
  readonly events: EventHub;
  readonly alerts: Alerts;
  readonly recentErrors: RecentErrors;
  readonly access: Access;
  readonly factorModels: FactorModels;
  readonly clock: Surroundings['clock'];
  readonly newId: () => string;
  readonly readiness: () => Promise<Readiness>;
  /**
   * Lets everything live on: the market of all packages, warm-ups that are due, accounts, replays. Begun when the
   * service can be reached, since it loads the exchange's library, which takes a while.
   */
  start(): Promise<void>;
  close(): Promise<void>;
}

const MODELS_FOLDER = join(PROJECT_ROOT, 'models');

/**
 * Opens the store, sweeps what a crash left and seeds the default package.
 * @throws when the store cannot be opened or holds another market; nothing stays open then
 */
export async function openServices(config: Config, surroundings: Surroundings): Promise<Services> {
  const { clock, timers, newId, passwordCost } = surroundings;
  const recentErrors = createRecentErrors(clock.now);
  const log = noteErrors(surroundings.log, recentErrors);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const database = await openDatabase(config.databaseFile);
    closers.push(() => database.destroy());
    await claimStore(database, { exchange: config.exchange, kind: config.marketSource });

    const exchange = createExchange({
      id: config.exchange,
      restUrl: config.exchangeRestUrl,
      wsUrl: config.exchangeWsUrl,
      clock: clock.now,
      timers,
      log,
    });
    closers.push(() => exchange.close());
    const marketRepository = createMarketRepository(database);
    const loaders = createMarketLoaders({
      ...{ exchange, repository: marketRepository, clock: clock.now, log },
    });
    const market = { exchange, repository: marketRepository, loaders, clock: clock.now, timers, log };
    const history = createMarketHistory(market);
    const live = createLiveMarket({ ...market, history });
    closers.push(() => live.stop());

    const engine = createInferenceEngine({ memoryBudgetBytes: config.memoryBudgetBytes, log });
    closers.push(() => engine.close());

    const folders = createPackageFolders(config.packagesDir);
    const repository = createPackageRepository(database);
    const registry = createPackageRegistry({
      ...{ repository, folders, now: clock.now },
      accounts: packageAccounts(createAccountRepository(database)),
    });
    await putInOrder(folders, registry, log);
    await seedDefaultPackage({ repository, modelsFolder: MODELS_FOLDER, now: clock.now }).catch(
      (error: unknown) => log.error({ err: error }, 'the default package in models/ could not be read'),
    );
    const events = createEventHub(newId());
    registry.onChange(({ id, removed }) => {
      events.publish('package', { id, removed });
      if (removed)
        void engine.unload(id).catch((error: unknown) => log.warn({ err: error, package: id }, 'unload'));
    });

    live.onDecisionCandle((symbol, closeTime) =>
      events.publish('market', { symbol, closed_at: new Date(closeTime).toISOString() }),
    );

    const scalers = createScalers(join(MODELS_FOLDER, 'scaler.json'));
    const stopwatch = timers.monotonic;
    const forecasts = createForecasts({ engine, scalers, stopwatch });
    const decisions = createDecisions({
      forecasts,
      engine,
      stopwatch,
      onFiniteDecision: async (model) => {
        if (model.warmUpStatus !== 'DONE') await registry.setWarmUp(model.id, { status: 'DONE' });
      },
    });

    const warmUps = createWarmUps({
      registry,
      decide: (model) => decideForWarmUp({ history, decisions }, model),
      int8: {
        isWanted: (model) => wantsInt8(model, config),
        runTrial: (model) => runInt8Trial({ history, engine, scalers, stopwatch }, model),
        removeFile: (model) => removeInt8File(model.forecastPath),
      },
      later: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      log,
    });
    closers.push(() => warmUps.close());

    const accounts = openAccounts({
      ...{ database, history, live, registry, decisions, events, log },
      ...{ exchange, repository: marketRepository, loaders, now: clock.now, timers, newId },
      batchForecasts: createBatchForecasts({ live: forecasts, engine, scalers, stopwatch }),
      marketSource: config.marketSource,
    });
    closers.push(() => accounts.close());

    const alerts = await openAlerts({
      ...{ database, registry, live, history, events, timers, log },
      ...{ webhook: config.alertWebhook, desk: accounts.desk, now: clock.now },
    });
    closers.push(() => alerts.close());

    const access = createAccess({
      repository: createAccessRepository(database),
      sessionMs: config.tokenTtlMs,
      ...(passwordCost === undefined ? {} : { passwordCost }),
      now: clock.now,
    });
    const factorModels = await openFactorModels(config, database, { ...surroundings, log, events }, closers);

    return {
      ...accounts,
      access,
      alerts,
      recentErrors,
      factorModels,
      registry,
      folders,
      warmUps,
      history,
      live,
      engine,
      forecasts,
      decisions,
      events,
      clock,
      newId,
      readiness: () => readReadiness({ registry, history, live, engine }),
      async start() {
        await followPackages(registry, live, (error) =>
          log.error({ err: error }, 'following packages failed'),
        );
        await warmUps.start();
        await accounts.start();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openFactorModels(
  config: Config,
  database: Database,
  { clock, timers, log, events }: Surroundings & { events: EventHub },
  closers: (() => Promise<void>)[],
): Promise<FactorModels> {
  const { watch, intervalMs, debounceMs, cacheFolder } = config.factorModels;
  const scanWorker = createWorkerThread();
  const models = createFactorModels({
    repository: createFactorModelRepository(database),
    scanWorker,
    modelWorker: createWorkerThread(),
    cacheFolder,
    isWatched: watch,
    now: clock.now,
    onChange: ({ name, removed }) => events.publish('factor-model', { model_name: name, removed }),
    log,
  });
  closers.push(() => models.close());
  await models.start();
  if (watch) {
    const fingerprint = (root: string) => scanWorker.call({ kind: 'fingerprint', root });
    const watcher = startWatcher({
      models,
      fingerprint,
      intervalMs,
      debounceMs,
      monotonic: timers.monotonic,
      log,
    });
    closers.push(() => watcher.close());
  }
  return models;
}

async function putInOrder(folders: PackageFolders, registry: PackageRegistry, log: Log): Promise<void> {
  const registered = new Set((await registry.list()).map(({ id }) => id));
  const { removed, unknown } = await folders.removeLeftovers((id) => registered.has(id));
  if (removed.length > 0) log.info({ removed }, 'swept what an interrupted upload or deletion left');
  if (unknown.length > 0)
    log.warn({ unknown, folder: folders.root }, 'folders that belong to no package; left alone');
}
