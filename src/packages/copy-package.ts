import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { ModelPackageRow } from '../db/tables.ts';
import { PaperdeskError } from '../errors.ts';
import { ignoreMissing } from '../runtime/ignore-missing.ts';
import { syncPath } from '../runtime/sync-path.ts';
import type { ModelPackage } from './model-package.ts';
import type { PackageStoreLocation } from './package-store-location.ts';
import {
  localPathOf,
  objectLocation,
  objectNameOf,
  relativePath,
  type StoredFile,
  storedFiles,
} from './stored-file.ts';
import { writeAndHash } from './write-and-hash.ts';

/** The files of packages in a folder or an object store, for copying packages from one to another. */
export interface PackageArchive {
  /** Whether the files of this package are here; those of the default package are part of the program. */
  has(model: ModelPackage): boolean;
  /** Makes this the place of the packages of one store. @throws STORE_UNUSABLE where an object store has those of another */
  claim(storeId: () => Promise<string>): Promise<void>;
  /** The iteration may throw PACKAGE_FILE_MISSING and PACKAGE_STORE_UNAVAILABLE. */
  read(file: StoredFile): AsyncIterable<Uint8Array>;
  /** Where a file of package `id` will be after `write`; the same each time. */
  locationOf(id: string, file: StoredFile): string;
  /** Size in bytes; undefined if it is not there. */
  size(file: StoredFile): Promise<number | undefined>;
  /** Writes a whole file to its location, or none. @throws what `chunks` throws, DISK_FULL, PACKAGE_STORE_UNAVAILABLE */
  write(file: StoredFile, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  close(): void;
}

/** Columns of a row with the locations of its files. */
export type PackageLocations = Pick<
  ModelPackageRow,
  'forecast_rel_path' | 'ppo_rel_path' | 'scaler_rel_path' | 'vec_normalize_rel_path'
>;

/** Opens the files at `location`; the client of an object store is loaded only for one. */
export async function openPackageArchive(location: PackageStoreLocation): Promise<PackageArchive> {
  if (location.kind === 'folder') return folderArchive(location.folder);
  const { createObjectStore } = await import('./s3/object-store.ts');
  const { requireOwnPrefix } = await import('./s3/prefix-owner.ts');
  const objects = createObjectStore(location);
  const nameOf = (file: StoredFile) => objectNameOf(file.location) ?? file.location;
  return {
    has: ({ forecast }) => objectNameOf(forecast.location) !== undefined,
    claim: async (storeId) => requireOwnPrefix(objects, await storeId()),
    async *read(file) {
      yield* await objects.get(nameOf(file));
    },
    locationOf: (id, file) => objectLocation(file, `copy-of-${id}`),
    size: (file) => objects.size(nameOf(file)),
    write: (file, chunks) => objects.put(nameOf(file), chunks, file.size),
    close: objects.close,
  };
}

function folderArchive(root: string): PackageArchive {
  return {
    has: ({ forecast }) =>
      objectNameOf(forecast.location) === undefined && localPathOf(forecast).startsWith(root + sep),
    async claim() {},
    async *read(file) {
      try {
        yield* createReadStream(localPathOf(file)) as AsyncIterable<Uint8Array>;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new PaperdeskError('PACKAGE_FILE_MISSING', `There is no ${localPathOf(file)}.`, {
          cause: error,
        });
      }
    },
    locationOf: (id, { name }) => relativePath(join(root, id, name)),
    async size(file) {
      const found = await stat(localPathOf(file)).catch(ignoreMissing);
      return found?.size;
    },
    async write(file, chunks) {
      const path = localPathOf(file);
      const partial = `${path}.partial`;
      await mkdir(dirname(path), { recursive: true });
      await rm(partial, { force: true });
      try {
        await writeAndHash(partial, chunks);
        await syncPath(partial);
        await rename(partial, path);
        await syncPath(dirname(path));
      } finally {
        await rm(partial, { force: true });
      }
    },
    close() {},
  };
}

/**
 * Copies the files of a package; those that an earlier, interrupted copy wrote are not copied again. Changes no row.
 * @returns the columns that its row needs for `to`
 * @throws PACKAGE_FILE_CORRUPT when a file is not the one that was uploaded, and what `from` and `to` throw
 */
export async function copyPackage(
  model: ModelPackage,
  from: PackageArchive,
  to: PackageArchive,
): Promise<PackageLocations> {
  const target = (file: StoredFile) => ({ ...file, location: to.locationOf(model.id, file) });
  for (const file of storedFiles(model)) {
    const copy = target(file);
    if ((await to.size(copy)) !== file.size) await to.write(copy, verified(file, from.read(file)));
  }
  const optional = (file: StoredFile | undefined) => (file === undefined ? null : target(file).location);
  return {
    forecast_rel_path: target(model.forecast).location,
    ppo_rel_path: target(model.policy).location,
    scaler_rel_path: optional(model.scaler),
    vec_normalize_rel_path: optional(model.vecNormalize),
  };
}

/** Throws at the end when the chunks are not those of the file, so that nothing whole is written. */
async function* verified(file: StoredFile, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') === file.sha256) return;
  throw new PaperdeskError(
    'PACKAGE_FILE_CORRUPT',
    `${file.name} (${file.location}) is not the file that was uploaded; it was not copied. Restore it from a backup.`,
  );
}
