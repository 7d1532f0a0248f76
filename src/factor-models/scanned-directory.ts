import { join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import type { KeyedMutex } from '../runtime/keyed-mutex.ts';
import { createSnapshot, type FactorSnapshot } from './factor-snapshot.ts';
import type { FactorWorker } from './factor-worker.ts';
import { sha256Of } from './keys.ts';
import type { ScanChanges } from './scan-changes.ts';

/** A scan that found changes. */
export interface ScanRecord extends ScanChanges {
  /** ms since the epoch. */
  readonly scannedAt: number;
}

/** A directory, its newest snapshot, and its scans. */
export interface ScannedDirectory {
  readonly root: string;
  readonly snapshot: FactorSnapshot;
  /** The last scans that found changes, newest first. */
  readonly records: readonly ScanRecord[];
  /** Fingerprint of the directory at the last scan, also at one that failed; undefined before the first has ended. */
  readonly scanned: string | undefined;
  /** Replaces the snapshot. @throws FACTOR_ROOT_INVALID; then the snapshot stays */
  scan(): Promise<FactorSnapshot>;
  /**
   * Scans; where that fails, the last snapshot stays, with a warning (factor-models.md#22).
   * @param fingerprint becomes `scanned` when the scan fails
   */
  scanOrWarn(fingerprint: string): Promise<void>;
  deleteCache(): Promise<void>;
}

export interface ScannedDirectoryOptions {
  readonly name: string;
  readonly root: string;
  /** Of an earlier object for the same directory. */
  readonly records: readonly ScanRecord[];
  readonly worker: FactorWorker;
  /** Folders that links in the directory may lead to. */
  readonly linkRoots: readonly string[];
  /** Runs the scans of one name one after the other. */
  readonly inOrder: KeyedMutex;
  /** Has a folder for the cache of each directory. */
  readonly cacheFolder: string;
  readonly now: () => number;
  readonly onSnapshot: () => void;
  readonly log: { warn(data: object, message: string): void };
}

/** Scans with changes that are remembered (factor-models.md#24). */
const MAX_RECORDS = 20;

export function createScannedDirectory(options: ScannedDirectoryOptions): ScannedDirectory {
  const { name, root, worker, linkRoots, inOrder, now, log } = options;
  const cacheFolder = join(options.cacheFolder, folderName(name, root));
  let snapshot = createSnapshot({ name, root, scannedAt: null }, []);
  let { records } = options;
  let scanned: string | undefined;
  /** Whether the snapshot has all groups that the worker knows; else the next scan sends all. */
  let isComplete = false;

  function show(next: FactorSnapshot, fingerprint: string): void {
    snapshot = next;
    scanned = fingerprint;
    options.onSnapshot();
  }

  function scan(): Promise<FactorSnapshot> {
    return inOrder(name, async () => {
      const sendAll = !isComplete;
      isComplete = false;
      const groups = new Map(sendAll ? [] : snapshot.groups.map((group) => [group.key, group]));
      const result = await worker.call('scan', [root, cacheFolder, sendAll, linkRoots], (some) => {
        for (const group of some) groups.set(group.key, group);
      });
      for (const key of result.removed) groups.delete(key);
      isComplete = true;
      const scannedAt = now();
      if (result.changes !== undefined && result.changes.count > 0) {
        records = [{ scannedAt, ...result.changes }, ...records].slice(0, MAX_RECORDS);
      }
      show(createSnapshot({ name, root, scannedAt }, groups.values()), result.fingerprint);
      return snapshot;
    });
  }

  return {
    root,
    get snapshot() {
      return snapshot;
    },
    get records() {
      return records;
    },
    get scanned() {
      return scanned;
    },
    scan,

    async scanOrWarn(fingerprint) {
      try {
        await scan();
      } catch (error) {
        log.warn({ err: error, model: name }, 'the directory of a factor model could not be scanned');
        const warning =
          error instanceof PaperdeskError
            ? error.message
            : 'The scan failed; the log of the service says why.';
        show(createSnapshot({ ...snapshot, name, root }, snapshot.groups, [warning]), fingerprint);
      }
    },

    async deleteCache() {
      await inOrder(name, () => worker.call('deleteCache', [cacheFolder]));
    },
  };
}

function folderName(name: string, root: string): string {
  const hash = sha256Of(`${name}\0${root}`).slice(0, 12);
  return `${name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 40)}-${hash}`;
}
