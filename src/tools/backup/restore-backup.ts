import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { relativePath } from '../../packages/stored-file.ts';
import { counted } from '../../runtime/counted.ts';
import { syncPath } from '../../runtime/sync-path.ts';
import {
  BackupError,
  type BackupManifest,
  MANIFEST_FILE,
  PACKAGES_FOLDER,
  parseBackupManifest,
  STORE_FILE,
} from './backup-manifest.ts';
import { endAccess, findFault, type RestoredToken, readPackages } from './backup-repository.ts';
import type { BackupPaths } from './create-backup.ts';
import { copyFileHashed, type SizeAndHash } from './hashed-copy.ts';

export interface Restored extends BackupManifest {
  /** The service tokens in the backup. */
  readonly tokens: readonly RestoredToken[];
}

/**
 * Restores a backup where there is neither a store nor a package. Every file is checked against its checksum. All sessions
 * end. The store is renamed into place last, so that an interrupted restore is never taken for a complete one.
 * @param keepTokens whether the service tokens in the backup stay valid, also those that were revoked after it
 * @throws BackupError; then the restored files are deleted again
 */
export async function restoreBackup(
  from: string,
  places: BackupPaths,
  keepTokens = false,
): Promise<Restored> {
  const manifest = parseBackupManifest(await readManifest(from));
  await requireNoStore(places);
  const store = `${places.databaseFile}.restoring`;
  const folders = [...new Set(manifest.files.map(({ package_id }) => package_id))];
  try {
    await copyChecked(join(from, STORE_FILE), store, manifest.store);
    for (const file of manifest.files) {
      const { package_id, name } = file;
      await copyChecked(
        join(from, PACKAGES_FOLDER, package_id, name),
        join(places.packagesDir, package_id, name),
        file,
      );
    }
    const fault = findFault(store);
    if (fault !== undefined) throw new BackupError(`The store in the backup is damaged: ${fault}.`);
    await movePackages(store, places.packagesDir, new Set(folders));
    const tokens = await endAccess(store, keepTokens);
    await rename(store, places.databaseFile);
    await syncPath(dirname(places.databaseFile));
    return { ...manifest, tokens };
  } catch (error) {
    await rm(store, { force: true });
    for (const id of folders) await rm(join(places.packagesDir, id), { recursive: true, force: true });
    throw error;
  }
}

async function readManifest(from: string): Promise<string> {
  const path = join(from, MANIFEST_FILE);
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} cannot be read (${error.code}); --from names the folder of a backup.`);
  });
}

async function requireNoStore({ databaseFile, packagesDir }: BackupPaths): Promise<void> {
  for (const path of [databaseFile, `${databaseFile}-wal`]) {
    if (existsSync(path)) {
      throw new BackupError(`${path} exists already; a backup is restored only where there is no store.`);
    }
  }
  await mkdir(dirname(databaseFile), { recursive: true });
  await mkdir(packagesDir, { recursive: true });
  const packages = (await readdir(packagesDir)).filter((name) => !name.startsWith('.'));
  if (packages.length > 0) {
    throw new BackupError(
      `${packagesDir} holds ${counted(packages.length, 'package')}; a backup is restored only where there are none.`,
    );
  }
}

async function copyChecked(from: string, to: string, { size, sha256 }: SizeAndHash): Promise<void> {
  const copied = await copyFileHashed(from, to).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(`${from} cannot be restored (${error.code}).`);
  });
  if (copied.size === size && copied.sha256 === sha256) return;
  throw new BackupError(
    `${from} is not what was backed up: ${copied.size} bytes with the SHA-256 ${copied.sha256} instead of ${size} ` +
      `with ${sha256}.`,
  );
}

/** Rows contain the paths of their files; the folder of packages may be another one now. */
async function movePackages(
  store: string,
  packagesDir: string,
  restored: ReadonlySet<string>,
): Promise<void> {
  await readPackages(store, (paths) => {
    if (!restored.has(paths.id)) return {};
    const moved = (path: string) => relativePath(join(packagesDir, paths.id, basename(path)));
    return {
      forecast_rel_path: moved(paths.forecast_rel_path),
      ppo_rel_path: moved(paths.ppo_rel_path),
      scaler_rel_path: paths.scaler_rel_path === null ? null : moved(paths.scaler_rel_path),
    };
  });
}
