import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { DATA_ROOT } from '../../runtime/project-root.ts';
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
export async function createBackup(paths: BackupPaths, to: string, now: number): Promise<BackupManifest> {
  if (!existsSync(paths.databaseFile)) {
    throw new BackupError(`There is no store at ${paths.databaseFile}: DATABASE_URL names another place.`);
  }
  await requireEmpty(to, 'A backup needs a folder of its own');
  const partial = `${to}.partial-${process.pid}`;
  try {
    for (let attempt = 1; ; attempt++) {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      try {
        const manifest = await copyAll(paths, partial, now);
        await rm(to, { recursive: true, force: true });
        await rename(partial, to);
        await syncPath(dirname(resolve(to)));
        return manifest;
      } catch (error) {
        const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!isGone || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyAll(paths: BackupPaths, to: string, now: number): Promise<BackupManifest> {
  const storeCopy = join(to, STORE_FILE);
  copyStore(paths.databaseFile, storeCopy);
  const fault = findFault(storeCopy);
  if (fault !== undefined) throw new BackupError(`The store ${paths.databaseFile} is damaged: ${fault}.`);
  const files: BackupManifest['files'] = [];
  for (const model of await readPackages(storeCopy)) {
    for (const path of uploadedFiles(model, paths.packagesDir)) files.push(await copyOne(model, path, to));
  }
  const store = await hashFile(storeCopy);
  const manifest = { format: 1 as const, created_at: new Date(now).toISOString(), store, files };
  await writeFile(join(to, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  await syncPath(to);
  return manifest;
}

/** The files of an uploaded package; none for the default pair, which is part of the project. */
function uploadedFiles(paths: PackagePaths, packagesDir: string): string[] {
  const home = join(resolve(packagesDir), paths.id);
  const listed = JSON.parse(paths.files) as { name: string }[];
  const isUploaded = resolve(DATA_ROOT, paths.forecast_rel_path).startsWith(home + sep);
  return isUploaded ? listed.map(({ name }) => join(home, name)) : [];
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
    throw new BackupError(`${why}: ${folder} holds ${entries.length} files or folders.`);
}
