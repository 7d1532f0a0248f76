import type { Log } from '../runtime/log.ts';
import type { Clock } from '../runtime/timers.ts';
import { createFolderStore } from './folder-store.ts';
import type { PackageStore } from './package-store.ts';
import type { PackageStoreLocation } from './package-store-location.ts';

export interface OpenPackageStoreOptions {
  /** Whether other nodes may use the store at the same time. */
  readonly isShared: boolean;
  /** Of the store with the rows of the packages; asked for with an object store. */
  readonly storeId: () => Promise<string>;
  /** For copies of files in an object store. */
  readonly cache: { readonly folder: string; readonly maxBytes: number };
  readonly now: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

/** Opens the store at `location`; the client of an object store is loaded only for one. @throws DISK_FULL, STORE_READ_ONLY */
export async function openPackageStore(
  location: PackageStoreLocation,
  options: OpenPackageStoreOptions,
): Promise<PackageStore> {
  if (location.kind === 'folder') return createFolderStore(location.folder, options.isShared);
  const { createObjectStore } = await import('./s3/object-store.ts');
  const { createS3Store } = await import('./s3/s3-store.ts');
  return createS3Store({ ...options, objects: createObjectStore(location) });
}
