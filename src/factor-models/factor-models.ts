import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import type { FactorGroup } from './factor-group.ts';
import type { FactorModelRepository, FactorModelRow } from './factor-model-repository.ts';
import { createSnapshot, type FactorSnapshot, requireUniqueSymbols } from './factor-snapshot.ts';
import type { ScanChanges } from './group-changes.ts';
import type { WorkerThread } from './worker-thread.ts';

/** A registered directory and what is known of it. */
export interface RegisteredModel {
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Whether changes are noticed without being asked for. */
  readonly isWatched: boolean;
  readonly snapshot: FactorSnapshot;
}

/** A scan that found something else than the one before. */
export interface ScanRecord extends ScanChanges {
  /** ms since the epoch. */
  readonly scannedAt: number;
}

/** The registered directories: their registration, and the newest good snapshot of each. */
export interface FactorModels {
  /** By name. */
  list(): Promise<RegisteredModel[]>;
  /** @throws FACTOR_MODEL_NOT_FOUND */
  snapshot(name: string): Promise<FactorSnapshot>;
  /** The last scans that found changes, newest first; known since the service started. @throws FACTOR_MODEL_NOT_FOUND */
  changes(name: string): Promise<readonly ScanRecord[]>;
  /**
   * Scans a directory and registers it, or gives a model of that name another one.
   * @throws FACTOR_ROOT_INVALID, FACTOR_SYMBOL_DUPLICATE; nothing is registered then
   */
  register(name: string, root: string): Promise<FactorSnapshot>;
  /** @throws FACTOR_MODEL_NOT_FOUND, FACTOR_ROOT_INVALID, FACTOR_SYMBOL_DUPLICATE */
  refresh(name: string): Promise<FactorSnapshot>;
  /** Ends the registration; the directory stays as it is. @throws FACTOR_MODEL_NOT_FOUND */
  remove(name: string): Promise<void>;
  /** The model of a group as a JSON string literal in UTF-8. @throws FACTOR_PAYLOAD_NOT_FOUND */
  modelText(group: FactorGroup): Promise<Uint8Array>;
  /** Outputs per row of `rows`, row-major [n, features] with NaN for what is missing. @throws XGBOOST_UNSUPPORTED */
  score(group: FactorGroup, rows: Float32Array, margins: boolean): Promise<number[][]>;
  /** What the watcher compares: the models, and the state of their directories that was last looked at. */
  watched(): readonly { name: string; root: string; scanned: string | undefined }[];
  /** Scans what changed; a directory that cannot be read leaves the last snapshot, with a warning. */
  rescan(name: string, seen: string): Promise<void>;
  /** Reads the registrations and begins to scan them in the background. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface FactorModelsParts {
  readonly repository: FactorModelRepository;
  /** Reads directories, and answers nothing else meanwhile. */
  readonly reader: WorkerThread;
  /** Hands out and scores models. */
  readonly server: WorkerThread;
  /** Where converted models are kept, a folder per model. */
  readonly keptFolder: string;
  /** Whether a watcher looks at the directories. */
  readonly isWatched: boolean;
  readonly now: () => number;
  /** Called when another snapshot is shown, or none any more. */
  readonly onChange: (change: { name: string; removed: boolean }) => void;
  readonly log: { warn(data: object, message: string): void };
}

/** Scans with changes that are remembered of each model. */
const MOST_RECORDS = 20;

interface Entry {
  row: FactorModelRow;
  groups: Map<string, FactorGroup>;
  snapshot: FactorSnapshot;
  /** Newest first. */
  records: readonly ScanRecord[];
  /** The fingerprint of the directory as of the last scan, also of one that failed. */
  scanned: string | undefined;
  /** Scans of one model follow each other. */
  queue: Promise<unknown>;
  /** Until the first scan is done there is nothing to answer with. */
  first: Promise<unknown> | undefined;
}

export function createFactorModels(parts: FactorModelsParts): FactorModels {
  const { repository, reader, server, now } = parts;
  const entries = new Map<string, Entry>();

  function folderOf({ model_name: name, root_path: root }: FactorModelRow): string {
    const mark = createHash('sha256').update(`${name}\0${root}`).digest('hex').slice(0, 12);
    return join(parts.keptFolder, `${name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 40)}-${mark}`);
  }

  function newEntry(row: FactorModelRow): Entry {
    const model = { name: row.model_name, root: row.root_path, scannedAt: null };
    const snapshot = createSnapshot(model, []);
    return {
      row,
      groups: new Map(),
      snapshot,
      records: [],
      scanned: undefined,
      queue: Promise.resolve(),
      first: undefined,
    };
  }

  async function entryOf(name: string): Promise<Entry> {
    const entry = entries.get(name);
    if (entry === undefined) throw new PaperdeskError('FACTOR_MODEL_NOT_FOUND', `model not found: ${name}`);
    await entry.first;
    return entry;
  }

  /** Scans an entry's directory and replaces its snapshot; scans of one entry wait for each other. */
  function scan(entry: Entry): Promise<FactorSnapshot> {
    const run = entry.queue.then(async () => {
      const { model_name: name, root_path: root } = entry.row;
      const everything = entry.snapshot.scannedAt === null;
      const found = new Map<string, FactorGroup>();
      const result = await reader.call(
        { kind: 'scan', folder: folderOf(entry.row), root, everything },
        (groups) => {
          for (const group of groups) found.set(group.key, group);
        },
      );
      const groups = new Map([...(everything ? [] : entry.groups), ...found]);
      for (const key of result.removed) groups.delete(key);
      entry.groups = groups;
      entry.scanned = result.fingerprint;
      const scannedAt = now();
      entry.snapshot = createSnapshot({ name, root, scannedAt }, groups.values());
      const { changes } = result;
      if (changes !== undefined && changes.count > 0) {
        entry.records = [{ scannedAt, ...changes }, ...entry.records].slice(0, MOST_RECORDS);
      }
      tell(entry);
      return entry.snapshot;
    });
    entry.queue = run.catch(() => {});
    return run;
  }

  /** One that is being registered is told of when it is. */
  function tell(entry: Entry): void {
    const name = entry.row.model_name;
    if (entries.get(name) === entry) parts.onChange({ name, removed: false });
  }

  async function forget(row: FactorModelRow): Promise<void> {
    await reader.call({ kind: 'forget', folder: folderOf(row) });
  }

  /** What is shown stays, and says why it is not newer. */
  function keepLast(entry: Entry, error: unknown): void {
    const { model_name: name, root_path: root } = entry.row;
    const { scannedAt } = entry.snapshot;
    parts.log.warn({ err: error, model: name }, 'the directory of a factor model could not be scanned');
    const problem = error instanceof PaperdeskError ? error.message : 'The scan failed; the log has why.';
    entry.snapshot = createSnapshot({ name, root, scannedAt }, entry.groups.values(), [problem]);
    tell(entry);
  }

  return {
    async list() {
      const sorted = [...entries.values()];
      await Promise.all(sorted.map(({ first }) => first));
      return sorted
        .sort((a, b) => (a.row.model_name < b.row.model_name ? -1 : 1))
        .map(({ row, snapshot }) => ({
          createdAt: row.created_at,
          updatedAt: row.updated_at,
          isWatched: parts.isWatched,
          snapshot,
        }));
    },

    async snapshot(name) {
      return (await entryOf(name)).snapshot;
    },

    async changes(name) {
      return (await entryOf(name)).records;
    },

    async register(name, root) {
      const path = resolve(root);
      const time = now();
      const row = { model_name: name, root_path: path, created_at: time, updated_at: time };
      const entry = newEntry(row);
      // One that is there already goes on answering until the new directory has been read.
      const before = entries.get(name);
      if (before !== undefined) entry.queue = before.queue;
      const isOther = before?.row.root_path !== path;
      if (before !== undefined && !isOther) entry.records = before.records;
      try {
        const snapshot = await scan(entry);
        requireUniqueSymbols(snapshot);
        entry.row = await repository.save(name, path, time);
        entries.set(name, entry);
        tell(entry);
        if (before !== undefined && isOther) await forget(before.row);
        return snapshot;
      } catch (error) {
        if (isOther) await forget(row);
        throw error;
      }
    },

    async refresh(name) {
      const snapshot = await scan(await entryOf(name));
      requireUniqueSymbols(snapshot);
      return snapshot;
    },

    async remove(name) {
      const entry = await entryOf(name);
      await repository.remove(name);
      entries.delete(name);
      parts.onChange({ name, removed: true });
      await entry.queue;
      await forget(entry.row);
    },

    async modelText({ model }) {
      return server.call({ kind: 'text', model: { path: model!.keptPath, sha256: model!.sha256 } });
    },

    async score({ model }, rows, margins) {
      const kept = { path: model!.keptPath, sha256: model!.sha256 };
      return server.call({ kind: 'score', model: kept, rows, margins });
    },

    watched() {
      return [...entries.values()].map(({ row, scanned }) => ({
        name: row.model_name,
        root: row.root_path,
        scanned,
      }));
    },

    async rescan(name, seen) {
      const entry = entries.get(name);
      if (entry === undefined) return;
      try {
        await scan(entry);
      } catch (error) {
        keepLast(entry, error);
        entry.scanned = seen;
      }
    },

    async start() {
      for (const row of await repository.list()) {
        const entry = newEntry(row);
        entries.set(row.model_name, entry);
        entry.first = scan(entry).catch((error: unknown) => {
          keepLast(entry, error);
          // The watcher then looks for a directory that can be scanned.
          entry.scanned = '';
        });
      }
    },

    async close() {
      await Promise.all([reader.close(), server.close()]);
      await Promise.all([...entries.values()].map(({ queue }) => queue));
    },
  };
}
