import { createAccountRepository } from '../accounts/account-repository.ts';
import { packageAccounts } from '../accounts/package-accounts.ts';
import { storeId } from '../db/store-id.ts';
import { proveUpload } from '../decisions/proof/prove-upload.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { InferenceEngine } from '../models/engine.ts';
import { createAliasRepository } from '../packages/alias-repository.ts';
import { createPackageAliases, type PackageAliases } from '../packages/aliases.ts';
import { openPackageStore } from '../packages/open-package-store.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { packageRows } from '../packages/package-rows.ts';
import type { PackageStore } from '../packages/package-store.ts';
import { createPackageRegistry, type PackageRegistry } from '../packages/registry.ts';
import { seedDefaultPackage } from '../packages/seed-default-package.ts';
import { startBackgroundLoop } from '../runtime/background-loop.ts';
import type { ServiceContext } from './context.ts';
import { DEFAULT_SCALER, MODELS_FOLDER } from './models-folder.ts';

export interface PackageServices {
  readonly packageStore: PackageStore;
  readonly registry: PackageRegistry;
  readonly aliases: PackageAliases;
}

/** Nodes that share a store look this often for what a node that died left. */
const TIDY_INTERVAL_MS = 3_600_000;

/** The packages and their files. Removes what a crash left, and adds the default package. */
export async function openPackages(
  context: ServiceContext,
  engine: InferenceEngine,
  exchange: Pick<Exchange, 'requireTrading'>,
): Promise<PackageServices> {
  const { config, database, cluster, events, now, newId, log, onClose } = context;
  const { isShared } = cluster;
  const cache = config.packageCache;
  const store = await openPackageStore(config.packages, {
    ...{ isShared, cache, now, newId, log },
    storeId: () => storeId(database, newId),
  });
  onClose(async () => store.close());
  const repository = createPackageRepository(database);
  const accounts = packageAccounts(createAccountRepository(database));
  const aliases = createPackageAliases({
    ...{ repository: createAliasRepository(database), now },
    onChange({ alias, from, to }) {
      for (const id of new Set([from, to]))
        if (id !== null) events.publish('package', { id, removed: false, alias, alias_means: to });
    },
  });
  const registry = createPackageRegistry({
    ...{ repository, store, accounts, now },
    requireTrading: (symbol) => exchange.requireTrading(symbol),
    prove: (upload) => proveUpload({ engine, defaultScalerPath: DEFAULT_SCALER, newId }, upload),
  });
  const tidy = async () => {
    const { removed, unknown } = await store.tidy(packageRows(repository));
    if (removed.length > 0) log.info({ removed }, 'removed what an interrupted upload or deletion left');
    if (unknown.length > 0) log.warn({ unknown }, 'some folders belong to no package; they were not changed');
  };
  if (config.packages.kind === 'folder' && !isShared) await tidy();
  else onClose(tidyRegularly(context, tidy));
  await seedDefaultPackage({ repository, modelsFolder: MODELS_FOLDER, now }).catch((error: unknown) =>
    log.error({ err: error }, 'the default package in models/ could not be read'),
  );
  registry.onChange(({ id, removed }) => events.publish('package', { id, removed }));
  return { packageStore: store, registry, aliases };
}

/** A start does not wait for a store that other nodes use too. @returns a function that stops it */
function tidyRegularly({ timers, log }: ServiceContext, tidy: () => Promise<void>): () => Promise<void> {
  const loop = startBackgroundLoop({
    timers,
    work: async () => {
      await tidy();
      return TIDY_INTERVAL_MS;
    },
    onFailure: (error) => {
      log.warn(
        { err: error },
        'what interrupted uploads left could not be removed; it is tried again in an hour',
      );
      return TIDY_INTERVAL_MS;
    },
  });
  return loop.stop;
}
