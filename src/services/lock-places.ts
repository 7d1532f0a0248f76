import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { databaseFault } from '../db/database-fault.ts';
import { storeProblem } from '../db/open-store.ts';
import { PaperdeskError } from '../errors.ts';

/**
 * Locks the SQLite file and the folder of packages for one service: a second one would remove uploads of the first as what
 * a crash left, and trade its accounts. Commands beside the service need no lock. Services on PostgreSQL share both.
 * @returns a function that releases the locks
 * @throws PaperdeskError STORE_UNUSABLE when another service has one of them; DATABASE_UNAVAILABLE, STORE_READ_ONLY
 */
export async function lockPlaces({
  store,
  packages,
}: Pick<Config, 'store' | 'packages'>): Promise<() => void> {
  if (store.kind !== 'sqlite') return () => {};
  const { lockFile } = await import('../db/sqlite/lock-file.ts');
  const releases: (() => void)[] = [];
  const release = () => {
    for (const one of releases.splice(0)) one();
  };
  try {
    if (store.file !== ':memory:') {
      const what = `the store ${store.file}`;
      const lockStore = () => lockFile(`${realFile(store.file)}.lock`);
      releases.push(locked(lockStore, what, 'DATABASE_URL', (error) => storeProblem(error, store)));
    }
    if (packages.kind === 'folder') {
      const what = `the folder of packages ${packages.folder}`;
      const lockFolder = () => lockFile(join(realFolder(packages.folder), '.lock'));
      releases.push(locked(lockFolder, what, 'MODEL_PACKAGES_DIR', (error) => folderProblem(error, what)));
    }
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

function locked(
  lock: () => () => void,
  what: string,
  setting: string,
  problemOf: (error: unknown) => unknown,
): () => void {
  try {
    return lock();
  } catch (error) {
    if (databaseFault(error) !== 'busy') throw problemOf(error);
    throw new PaperdeskError(
      'STORE_UNUSABLE',
      `Another service uses ${what}. Stop it first, or set ${setting} to another place; with SQLite one process is the ` +
        'whole service, so PM2 must run one instance of it.',
      { cause: error },
    );
  }
}

/** The folder by its only path, so that two names of it have one lock. */
function realFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return realpathSync(folder);
}

function realFile(file: string): string {
  const path = join(realFolder(dirname(file)), basename(file));
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return path;
  }
}

function folderProblem(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new PaperdeskError(
    'STORE_READ_ONLY',
    `The user of this process cannot write ${what} (${code}): change its owner or mode, or set MODEL_PACKAGES_DIR to ` +
      'another folder.',
    { cause: error },
  );
}
