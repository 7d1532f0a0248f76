import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { localPathOf, type PackageFile, storedFile, storedFiles } from '../../packages/stored-file.ts';
import { syncPath } from '../../runtime/sync-path.ts';
import {
  BackupError,
  type BackupManifest,
  MANIFEST_FILE,
  PACKAGES_FOLDER,
  STORE_FILE,
} from './backup-manifest.ts';
import { copyStore, findFault, type PackagePaths, readPackages } from './backup-repository.ts';
import { copyFileHashed, hashFile } from './hashed-copy.ts';

/** The store and the folder of packages. */
export interface BackupPaths {
  readonly databaseFile: string;
  readonly packagesDir: string;
}

/** A package may be deleted after the store was copied and before its files are. */
const MAX_ATTEMPTS = 3;

/**
 * Copies the store and the files of all uploaded packages to a new folder. The service may run meanwhile. The folder
 * appears when it is complete.
 * @param to a folder that does not exist, or is empty
 * @throws BackupError
 */
export async function createBackup(
  { databaseFile }: Pick<BackupPaths, 'databaseFile'>,
  to: string,
  now: number,
): Promise<BackupManifest> {
  if (!existsSync(databaseFile)) {
    throw new BackupError(`There is no store at ${databaseFile}: DATABASE_URL names another place.`);
  }
  await requireEmpty(to, 'A backup needs a folder of its own');
  const partial = `${to}.partial-${process.pid}`;
  try {
    for (let attempt = 1; ; attempt++) {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      try {
        const manifest = await copyAll(databaseFile, partial, now);
        await rm(to, { recursive: true, force: true });
        await rename(partial, to);
        await syncPath(dirname(resolve(to)));
        return manifest;
      } catch (error) {
        const { code, path } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT') throw error;
        if (attempt === MAX_ATTEMPTS) throw new BackupError(missing(path), { cause: error });
      }
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyAll(databaseFile: string, to: string, now: number): Promise<BackupManifest> {
  const storeCopy = join(to, STORE_FILE);
  copyStore(databaseFile, storeCopy);
  const fault = findFault(storeCopy);
  if (fault !== undefined) throw new BackupError(`The store ${databaseFile} is damaged: ${fault}.`);
  const files: BackupManifest['files'] = [];
  for (const model of await readPackages(storeCopy)) {
    for (const path of uploadedFiles(model)) files.push(await copyOne(model, path, to));
  }
  const store = await hashFile(storeCopy);
  const manifest = { format: 1 as const, created_at: new Date(now).toISOString(), store, files };
  await writeFile(join(to, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  await syncPath(to);
  return manifest;
}

/**
 * The paths of an uploaded package's files, which may be in another folder than MODEL_PACKAGES_DIR names now; none for the
 * default pair, which is part of the project.
 * @throws PACKAGE_FILE_MISSING for files in an object store
 */
function uploadedFiles({ id, forecast_rel_path: location, files: text }: PackagePaths): string[] {
  if (id === DEFAULT_PACKAGE_ID) return [];
  const files = JSON.parse(text) as PackageFile[];
  return storedFiles({ files, forecast: storedFile(location, files) }).map(localPathOf);
}

function missing(path: string | undefined): string {
  return (
    `${path} of a package in the store is not there, so the backup would not be whole. Put the file back, or delete the ` +
    'package in the service. A relative path in the store starts at PAPERDESK_HOME: set it as for the service.'
  );
}

async function copyOne({ id, files }: PackagePaths, path: string, to: string) {
  const name = path.slice(path.lastIndexOf(sep) + 1);
  const copied = await copyFileHashed(path, join(to, PACKAGES_FOLDER, id, name));
  const listed = (JSON.parse(files) as { name: string; sha256: string }[]).find((file) => file.name === name);
  if (listed?.sha256 !== copied.sha256) {
    throw new BackupError(`${path} is not the file that was uploaded: its SHA-256 is ${copied.sha256}.`);
  }
  return { package_id: id, name, ...copied };
}

/** @throws BackupError beginning with `why` unless the folder is empty or missing */
async function requireEmpty(folder: string, why: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new BackupError(`${folder} is not a folder that can be read (${error.code}).`);
  });
  if (entries.length > 0)
    throw new BackupError(`${why}: ${folder} is not empty, it has ${entries[0]} for example.`);
}
