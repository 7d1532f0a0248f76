import { createAccountRepository } from '../accounts/account-repository.ts';
import { packageAccounts } from '../accounts/package-accounts.ts';
import { proveUpload } from '../decisions/proof/prove-upload.ts';
import type { InferenceEngine } from '../models/engine.ts';
import { createPackageFolders, type PackageFolders } from '../packages/package-folders.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import type { PackageStoreLocation } from '../packages/package-store-location.ts';
import { createPackageRegistry, type PackageRegistry } from '../packages/registry.ts';
import { seedDefaultPackage } from '../packages/seed-default-package.ts';
import type { Log } from '../runtime/log.ts';
import type { ServiceContext } from './context.ts';
import { DEFAULT_SCALER, MODELS_FOLDER } from './models-folder.ts';

export interface PackageServices {
  readonly folders: PackageFolders;
  readonly registry: PackageRegistry;
}

/** The packages and their folders. Removes what a crash left, and adds the default package. */
export async function openPackages(
  context: ServiceContext,
  engine: InferenceEngine,
): Promise<PackageServices> {
  const { config, database, events, now, newId, log } = context;
  const folders = createPackageFolders(packagesFolder(config.packages));
  const repository = createPackageRepository(database);
  const accounts = packageAccounts(createAccountRepository(database));
  const registry = createPackageRegistry({
    ...{ repository, folders, accounts, now },
    prove: (upload) => proveUpload({ engine, defaultScalerPath: DEFAULT_SCALER, newId }, upload),
  });
  await removeLeftovers(folders, registry, log);
  await seedDefaultPackage({ repository, modelsFolder: MODELS_FOLDER, now }).catch((error: unknown) =>
    log.error({ err: error }, 'the default package in models/ could not be read'),
  );
  registry.onChange(({ id, removed }) => events.publish('package', { id, removed }));
  return { folders, registry };
}

/** @throws Error for an object store */
function packagesFolder(location: PackageStoreLocation): string {
  if (location.kind === 'folder') return location.folder;
  throw new Error('Object stores are not supported yet.');
}

async function removeLeftovers(folders: PackageFolders, registry: PackageRegistry, log: Log): Promise<void> {
  const registered = new Set((await registry.list()).map(({ id }) => id));
  const { removed, unknown } = await folders.removeLeftovers((id) => registered.has(id));
  if (removed.length > 0) log.info({ removed }, 'removed what an interrupted upload or deletion left');
  if (unknown.length > 0)
    log.warn({ unknown, folder: folders.root }, 'some folders belong to no package; they were not changed');
}
