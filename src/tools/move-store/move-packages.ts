import { createHash } from 'node:crypto';
import type { Database } from '../../db/connection.ts';
import { copyPackage, type PackageArchive, type PackageLocations } from '../../packages/copy-package.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { createPackageRepository } from '../../packages/package-repository.ts';
import { type StoredFile, storedFiles } from '../../packages/stored-file.ts';
import { MoveError } from './move-error.ts';

/** Where the files of packages are, and where they go. */
export interface PackageMove {
  readonly from: PackageArchive;
  readonly to: PackageArchive;
}

/** Files that were read back from where they went. */
export interface CheckedFiles {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies the files of all packages but the default one, which is part of the program; those that an earlier run copied
 * are not copied again.
 * @param onProgress receives the number of packages done, and of all
 * @returns the columns that change in the row of each package, by its id
 * @throws MoveError when a package is somewhere else; what `copyPackage` throws
 */
export async function copyPackages(
  source: Database,
  { from, to }: PackageMove,
  onProgress: (done: number, total: number) => void,
): Promise<ReadonlyMap<string, PackageLocations>> {
  const models = await uploadedPackages(source);
  const stray = models.find((model) => !from.has(model));
  if (stray !== undefined) {
    throw new MoveError(
      `The files of the package ${stray.id} are not where --packages-from says: its forecaster is ` +
        `${stray.forecast.location}.`,
    );
  }
  const locations = new Map<string, PackageLocations>();
  onProgress(0, models.length);
  for (const model of models) {
    locations.set(model.id, await copyPackage(model, from, to));
    onProgress(locations.size, models.length);
  }
  return locations;
}

/** Reads all files of the target's packages back. @throws MoveError naming the first that is not the uploaded one */
export async function checkFiles(target: Database, { to }: PackageMove): Promise<CheckedFiles> {
  const models = await uploadedPackages(target);
  const files = models.flatMap((model) => storedFiles(model).map((file) => ({ id: model.id, file })));
  let bytes = 0;
  for (const { id, file } of files) {
    const sha256 = await hashOf(to, file);
    if (sha256 !== file.sha256) {
      throw new MoveError(
        `${file.name} of the package ${id} has the SHA-256 ${sha256} at ${file.location} instead of ${file.sha256}. ` +
          'Delete it there and run the command again.',
      );
    }
    bytes += file.size;
  }
  return { packages: models.length, files: files.length, bytes };
}

async function uploadedPackages(database: Database): Promise<ModelPackage[]> {
  const models = await createPackageRepository(database).list();
  return models.filter(({ id }) => id !== DEFAULT_PACKAGE_ID);
}

async function hashOf(archive: PackageArchive, file: StoredFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of archive.read(file)) hash.update(chunk);
  return hash.digest('hex');
}
