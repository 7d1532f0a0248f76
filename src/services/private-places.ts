import type { Config } from '../config.ts';
import type { Log } from '../runtime/log.ts';
import { makePrivate } from '../runtime/private-files.ts';

/** What SQLite and the lock keep next to the store. */
const BESIDE_STORE = ['', '-wal', '-shm', '-journal', '.lock', '.lock-journal'];

/**
 * Closes the store, packages and caches of an existing installation to other users of the machine. The folder that the store
 * is in stays as it is: it may hold other things.
 */
export async function closePlaces(
  { store, packages, packageCache, factorModels }: Config,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  const ofStore = store.kind === 'sqlite' ? BESIDE_STORE.map((end) => store.file + end) : [];
  const ofPackages = packages.kind === 'folder' ? packages.folder : packageCache.folder;
  const open = await makePrivate([...ofStore, ofPackages, factorModels.cacheFolder]);
  if (open.length === 0) return;
  log.warn(
    { count: open.length, first: open[0] },
    `other users of this machine can read ${open[0]}: make this user its owner, or remove the access of others`,
  );
}
