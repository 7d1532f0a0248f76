import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project-root.ts';
import {
  BackupError,
  type BackupManifest,
  MANIFEST_FILE,
  PACKAGES_FOLDER,
  STORE_FILE,
} from './backup-manifest.ts';
import { copyStore, faultOfStore, type PackagePaths, packagesIn } from './backup-repository.ts';
import { copyFileHashed, hashOfFile } from './checked-copy.ts';

export interface BackupPlaces {
  readonly databaseFile: string;
  readonly packagesDir: string;
}

/** A package may be deleted between the copy of the store and that of its files. */
const ATTEMPTS = 3;

/**
 * Copies the store and the files of all uploaded packages to a new folder, while the service runs. The folder appears
 * when it is whole, not before.
 * @param to a folder that does not exist, or is empty
 * @throws BackupError
 */
export async function createBackup(places: BackupPlaces, to: string, now: number): Promise<BackupManifest> {
  await requireEmpty(to, 'Backups are made in a folder of their own');
  const partial = `${to}.partial-${process.pid}`;
  try {
    for (let attempt = 1; ; attempt++) {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      try {
        const manifest = await copyAll(places, partial, now);
        await rm(to, { recursive: true, force: true });
        await rename(partial, to);
        await syncFolder(dirname(resolve(to)));
        return manifest;
      } catch (error) {
        const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!isGone || attempt === ATTEMPTS) throw error;
      }
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyAll(places: BackupPlaces, to: string, now: number): Promise<BackupManifest> {
  const storeCopy = join(to, STORE_FILE);
  copyStore(places.databaseFile, storeCopy);
  const fault = faultOfStore(storeCopy);
  if (fault !== undefined) throw new BackupError(`The store ${places.databaseFile} is damaged: ${fault}.`);
  const files: BackupManifest['files'] = [];
  for (const paths of await packagesIn(storeCopy)) {
    for (const path of uploadedFiles(paths, places.packagesDir)) files.push(await copyOne(paths, path, to));
  }
  const store = await hashOfFile(storeCopy);
  const manifest = { format: 1 as const, created_at: new Date(now).toISOString(), store, files };
  await writeFile(join(to, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  await syncFolder(to);
  return manifest;
}

/** The files of a package that stand in the folder of packages; the default pair comes with the project. */
function uploadedFiles(paths: PackagePaths, packagesDir: string): string[] {
  const home = join(resolve(packagesDir), paths.id);
  const listed = JSON.parse(paths.files) as { name: string }[];
  const isUploaded = resolve(PROJECT_ROOT, paths.forecast_rel_path).startsWith(home + sep);
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

/** @throws BackupError beginning with `why` unless there is nothing in the folder */
async function requireEmpty(folder: string, why: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new BackupError(`${folder} is not a folder that can be read (${error.code}).`);
  });
  if (entries.length > 0)
    throw new BackupError(`${why}: ${folder} holds ${entries.length} files or folders.`);
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
