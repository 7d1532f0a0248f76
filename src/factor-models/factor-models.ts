import { resolve } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import type { FactorGroup } from './factor-group.ts';
import type { FactorModelRepository, FactorModelRow } from './factor-model-repository.ts';
import { type FactorSnapshot, requireUniqueSymbols } from './factor-snapshot.ts';
import type { FactorWorker } from './factor-worker.ts';
import {
  createScannedDirectory,
  type ScannedDirectory,
  type ScannedDirectoryOptions,
  type ScanRecord,
} from './scanned-directory.ts';
import type { ScoreOptions } from './scoring.ts';
import type { Predictions } from './worker-protocol.ts';

/** A registered directory with its newest snapshot. */
export interface RegisteredModel {
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Whether a change of the directory starts a scan. */
  readonly isWatched: boolean;
  readonly snapshot: FactorSnapshot;
}

/** The registered directories. Answers come from the newest snapshot of each (factor-models.md#19). */
export interface FactorModels {
  /** Sorted by name. */
  list(): Promise<RegisteredModel[]>;
  /** Names of the models whose directories were read since the start, at least once. */
  read(): readonly string[];
  /** Names of the nodes that have read each model's directory, by model; undefined where there is one node only. */
  nodes(): Promise<ReadonlyMap<string, readonly string[]> | undefined>;
  /** @throws FACTOR_MODEL_NOT_FOUND */
  snapshot(name: string): Promise<FactorSnapshot>;
  /** The last scans that found changes since the service started, newest first. @throws FACTOR_MODEL_NOT_FOUND */
  changes(name: string): Promise<readonly ScanRecord[]>;
  /**
   * Scans a directory and registers it; a model of that name gets the new directory.
   * @throws FACTOR_ROOT_INVALID, FACTOR_SYMBOL_DUPLICATE; then nothing is registered
   */
  register(name: string, root: string): Promise<FactorSnapshot>;
  /** @throws FACTOR_MODEL_NOT_FOUND, FACTOR_ROOT_INVALID, FACTOR_SYMBOL_DUPLICATE */
  refresh(name: string): Promise<FactorSnapshot>;
  /** Removes the registration, not the directory. @throws FACTOR_MODEL_NOT_FOUND */
  remove(name: string): Promise<void>;
  /** The model of a group as a JSON string literal in UTF-8. @throws FACTOR_PAYLOAD_NOT_FOUND */
  modelText(group: FactorGroup): Promise<Uint8Array>;
  /**
   * Predictions for `rows`, row-major [n, features] with NaN for missing values; from the iterations that the
   * model's own `predict` uses, unless others are named (factor-models.md#36).
   * @throws XGBOOST_UNSUPPORTED
   */
  score(group: FactorGroup, rows: Float32Array, options: ScoreOptions): Promise<Predictions>;
  /** The directories to watch; `scanned` is the fingerprint at the last scan, undefined before the first has ended. */
  watched(): readonly { name: string; root: string; scanned: string | undefined }[];
  /** Scans a directory that changed; where that fails, the last snapshot stays, with a warning. */
  rescan(name: string, fingerprint: string): Promise<void>;
  /**
   * Reads the registrations, which other nodes may have changed, and starts the scans of new directories in the
   * background.
   */
  readRegistrations(): Promise<void>;
  close(): Promise<void>;
}

export interface FactorModelsOptions
  extends Pick<ScannedDirectoryOptions, 'cacheFolder' | 'linkRoots' | 'now' | 'log'> {
  readonly repository: FactorModelRepository;
  /** Scans directories only, so that nothing else waits for a scan. */
  readonly scanWorker: FactorWorker;
  /** Reads models from the cache and scores them. */
  readonly modelWorker: FactorWorker;
  readonly isWatched: boolean;
  /** Called when the snapshot of a model changes, and when a model is removed. */
  readonly onChange: (change: { name: string; removed: boolean }) => void;
}

interface Entry {
  row: FactorModelRow;
  readonly directory: ScannedDirectory;
  /** Settled when the first scan has ended: before that there is nothing to answer with. */
  firstScan?: Promise<void>;
}

/** No directory has this fingerprint, so the watcher retries a scan that failed. */
const NEVER_SCANNED = '';

export function createFactorModels(options: FactorModelsOptions): FactorModels {
  const { repository, scanWorker, modelWorker, cacheFolder, linkRoots, now, onChange, log } = options;
  const entries = new Map<string, Entry>();
  const inOrder = createKeyedMutex();
  /** Rows and entries change together. */
  const registering = createKeyedMutex();
  const changeEntries = <T>(change: () => Promise<T>) => registering('entries', change);

  function createEntry(row: FactorModelRow, records: readonly ScanRecord[] = []): Entry {
    const { model_name: name, root_path: root } = row;
    const entry: Entry = {
      row,
      directory: createScannedDirectory({
        ...{ name, root, records, worker: scanWorker, inOrder, cacheFolder, linkRoots, now, log },
        // The snapshot of a registration that is under way is not visible yet.
        onSnapshot: () => entries.get(name) === entry && onChange({ name, removed: false }),
      }),
    };
    return entry;
  }

  /** Adds a registration that is stored, and starts its first scan. */
  function addEntry(row: FactorModelRow): void {
    const entry = createEntry(row);
    entries.set(row.model_name, entry);
    entry.firstScan = entry.directory.scanOrWarn(NEVER_SCANNED);
  }

  function deleteCache(directory: ScannedDirectory): void {
    directory.deleteCache().catch((error: unknown) => {
      log.warn({ err: error, root: directory.root }, 'the cache of a factor model could not be deleted');
    });
  }

  async function entryOf(name: string): Promise<Entry> {
    const entry = entries.get(name);
    if (entry === undefined) throw new PaperdeskError('FACTOR_MODEL_NOT_FOUND', `model not found: ${name}`);
    await entry.firstScan;
    return entry;
  }

  return {
    async list() {
      const all = [...entries.values()];
      await Promise.all(all.map(({ firstScan }) => firstScan));
      return all
        .sort((a, b) => (a.row.model_name < b.row.model_name ? -1 : 1))
        .map(({ row, directory }) => ({
          createdAt: row.created_at,
          updatedAt: row.updated_at,
          isWatched: options.isWatched,
          snapshot: directory.snapshot,
        }));
    },

    read() {
      const read = [...entries].filter(([, { directory }]) => directory.snapshot.scannedAt !== null);
      return read.map(([name]) => name);
    },

    nodes: async () => undefined,

    async snapshot(name) {
      return (await entryOf(name)).directory.snapshot;
    },

    async changes(name) {
      return (await entryOf(name)).directory.records;
    },

    async register(name, path) {
      const root = resolve(path);
      const time = now();
      // A registered model answers with its last snapshot until the new directory has been read.
      const before = entries.get(name)?.directory;
      const isSameRoot = before?.root === root;
      const row = { model_name: name, root_path: root, created_at: time, updated_at: time };
      const entry = createEntry(row, isSameRoot ? before.records : []);
      try {
        const snapshot = await entry.directory.scan();
        requireUniqueSymbols(snapshot);
        await changeEntries(async () => {
          entry.row = await repository.save(name, root, time);
          entries.set(name, entry);
        });
        onChange({ name, removed: false });
        if (!isSameRoot) await before?.deleteCache();
        return snapshot;
      } catch (error) {
        if (!isSameRoot) await entry.directory.deleteCache();
        throw error;
      }
    },

    async refresh(name) {
      const snapshot = await (await entryOf(name)).directory.scan();
      requireUniqueSymbols(snapshot);
      return snapshot;
    },

    async remove(name) {
      const { directory } = await entryOf(name);
      await changeEntries(async () => {
        await repository.remove(name);
        entries.delete(name);
      });
      onChange({ name, removed: true });
      await directory.deleteCache();
    },

    modelText({ model }) {
      return modelWorker.call('modelText', [model!]);
    },

    score({ model }, rows, options) {
      const { iterationsUsed: end, classProbabilities } = model!.facts;
      const defaults: ScoreOptions = { iterations: { begin: 0, end }, classProbabilities };
      return modelWorker.call('score', [model!, rows, { ...defaults, ...options }]);
    },

    watched() {
      return Array.from(entries, ([name, { directory }]) => {
        const { root, scanned } = directory;
        return { name, root, scanned };
      });
    },

    async rescan(name, fingerprint) {
      await entries.get(name)?.directory.scanOrWarn(fingerprint);
    },

    readRegistrations: () =>
      changeEntries(async () => {
        const rows = new Map((await repository.list()).map((row) => [row.model_name, row]));
        for (const [name, { directory }] of entries) {
          if (rows.get(name)?.root_path === directory.root) continue;
          entries.delete(name);
          deleteCache(directory);
        }
        for (const [name, row] of rows) {
          const known = entries.get(name);
          if (known === undefined) addEntry(row);
          else if (known.row.updated_at !== row.updated_at) {
            known.row = row;
            void known.directory.scanOrWarn(NEVER_SCANNED);
          }
        }
      }),

    async close() {
      await Promise.all([scanWorker.close(), modelWorker.close()]);
      // Interrupted scans have ended when the locks of their names are free.
      await Promise.all(Array.from(entries.keys(), (name) => inOrder(name, async () => {})));
    },
  };
}
