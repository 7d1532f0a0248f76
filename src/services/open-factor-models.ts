import { watchEvents } from '../events/watch-events.ts';
import { createFactorModelRepository } from '../factor-models/factor-model-repository.ts';
import { createFactorModels, type FactorModels } from '../factor-models/factor-models.ts';
import { createSharedFactorModels } from '../factor-models/shared-factor-models.ts';
import { startWatcher } from '../factor-models/watcher.ts';
import { createWorkerThread } from '../factor-models/worker-thread.ts';
import type { ServiceContext } from './context.ts';

/** The registered directories of factor models, and the watcher that scans them after changes. */
export async function openFactorModels(context: ServiceContext): Promise<FactorModels> {
  const { config, database, cluster, events, now, timers, log, onClose } = context;
  const { watch, intervalMs, debounceMs, cacheFolder } = config.factorModels;
  const scanWorker = createWorkerThread();
  const models = createFactorModels({
    repository: createFactorModelRepository(database),
    scanWorker,
    modelWorker: createWorkerThread(),
    cacheFolder,
    isWatched: watch,
    now,
    onChange: ({ name, removed }) => events.publish('factor-model', { model_name: name, removed }),
    log,
  });
  onClose(() => models.close());
  await models.readRegistrations();
  watchEvents(events, 'factor-model', (event) => {
    if (event?.isOwn === true) return;
    models.readRegistrations().catch((error: unknown) => {
      log.error({ err: error }, 'the factor models that another node registered could not be read');
    });
  });
  if (watch) {
    const fingerprint = (root: string) => scanWorker.call('fingerprint', [root]);
    const { monotonic } = timers;
    const watcher = startWatcher({ models, fingerprint, intervalMs, debounceMs, monotonic, log });
    onClose(() => watcher.close());
  }
  return cluster.isShared ? createSharedFactorModels(models, cluster) : models;
}
