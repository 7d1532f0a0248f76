import { access, constants, mkdir } from 'node:fs/promises';
import { PaperdeskError } from '../errors.ts';
import { watchEvents } from '../events/watch-events.ts';
import { createFactorModelRepository } from '../factor-models/factor-model-repository.ts';
import { createFactorModels, type FactorModels } from '../factor-models/factor-models.ts';
import { createFactorWorker } from '../factor-models/factor-worker.ts';
import { createSharedFactorModels } from '../factor-models/shared-factor-models.ts';
import { startWatcher, type Watcher } from '../factor-models/watcher.ts';
import { startWorkerProcess } from '../factor-models/worker-process.ts';
import { startWorkerThread } from '../factor-models/worker-thread.ts';
import type { ServiceContext } from './context.ts';

/** Files of directories may be of a machine that does not answer. A group of 256 MiB takes a while. */
const SCAN_LIMITS = { callMs: 600_000, silenceMs: 120_000 };

/** @throws PaperdeskError STORE_READ_ONLY when the folder of caches cannot be written */
async function requireWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new PaperdeskError(
      'STORE_READ_ONLY',
      `The service cannot write the folder of cached factor models ${folder} (${(error as NodeJS.ErrnoException).code}): ` +
        'change its owner or its mode, or set MODEL_MANAGER_CACHE_DIR to another folder.',
      { cause: error },
    );
  }
}

/** The registered directories of factor models, and the watcher that scans them after changes. */
export async function openFactorModels(context: ServiceContext): Promise<FactorModels> {
  const { config, database, cluster, events, now, timers, log, onClose } = context;
  const { watch, intervalMs, debounceMs, cacheFolder, linkRoots } = config.factorModels;
  await requireWritable(cacheFolder);
  const scanWorker = createFactorWorker(startWorkerProcess, SCAN_LIMITS);
  let watcher: Watcher | undefined;
  const models = createFactorModels({
    repository: createFactorModelRepository(database),
    scanWorker,
    modelWorker: createFactorWorker(startWorkerThread),
    ...{ cacheFolder, linkRoots },
    isWatched: watch,
    now,
    onChange: ({ name, removed }) => events.publish('factor-model', { model_name: name, removed }),
    log,
  });
  // Together: the watcher waits for what it has asked, which ends with the models.
  onClose(async () => {
    await Promise.all([watcher?.close(), models.close()]);
  });
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
    watcher = startWatcher({ models, fingerprint, intervalMs, debounceMs, monotonic, log });
  }
  return cluster.isShared ? createSharedFactorModels(models, cluster) : models;
}
