import { LRUCache } from 'lru-cache';
import type { LoadedModel } from './loaded-model.ts';
import type { ModelFiles, ModelSummary } from './worker-protocol.ts';

/** The loaded models: one per id, within a budget of private memory (packages.md#29). */
export interface ModelCache {
  /**
   * Passes the model of `files` to `use`; loads it first unless that version is loaded. The model stays loaded until
   * `use` is done. A model that cannot be loaded leaves all others, also its older version, as they are.
   */
  with<T>(files: ModelFiles, use: (model: LoadedModel) => Promise<T>): Promise<T>;
  unload(id: string): Promise<void>;
  /** Least recently used first. */
  list(): ModelSummary[];
}

export interface ModelCacheOptions {
  readonly budgetBytes: number;
  /** Loads a model; calls `makeRoom` once it knows how much private memory the model takes. */
  readonly open: (
    files: ModelFiles,
    makeRoom: (privateBytes: number) => Promise<void>,
  ) => Promise<LoadedModel>;
  readonly onChange?: () => void;
}

interface Entry {
  readonly version: string;
  readonly loading: Promise<LoadedModel>;
  /** Set once it is loaded. */
  model?: LoadedModel;
  /** Calls that compute with the model or wait until it is loaded. */
  users: number;
  /** No longer in the cache: its last user disposes of the model. */
  isRetired: boolean;
}

/** The budget is the limit that matters; LRUCache wants a count. */
const MAX_MODELS = 10_000;

/** A model that exceeds the budget by itself is loaded without others. */
export function createModelCache({ budgetBytes, open, onChange = () => {} }: ModelCacheOptions): ModelCache {
  /** By id. */
  const loaded = new LRUCache<string, Entry>({ max: MAX_MODELS });
  /** By id and version. */
  const loading = new Map<string, Entry>();

  function find(files: ModelFiles): Entry {
    const entry = loaded.get(files.id);
    if (entry?.version === files.version) return entry;
    const key = JSON.stringify([files.id, files.version]);
    return loading.get(key) ?? startLoading(key, files);
  }

  function startLoading(key: string, files: ModelFiles): Entry {
    const entry: Entry = {
      version: files.version,
      loading: open(files, (bytes) => makeRoom(files.id, bytes))
        .then((model) => add(files.id, entry, model))
        .finally(() => loading.delete(key)),
      users: 0,
      isRetired: false,
    };
    loading.set(key, entry);
    return entry;
  }

  async function add(id: string, entry: Entry, model: LoadedModel): Promise<LoadedModel> {
    const previous = loaded.peek(id);
    entry.model = model;
    loaded.set(id, entry);
    if (previous !== undefined) await retire(previous);
    // Another load may have taken the room in the meantime.
    await makeRoom(id, 0);
    onChange();
    return model;
  }

  async function retire(entry: Entry): Promise<void> {
    entry.isRetired = true;
    await disposeUnused(entry);
  }

  async function disposeUnused({ isRetired, users, model }: Entry): Promise<void> {
    if (isRetired && users === 0) await model?.dispose();
  }

  async function unload(id: string): Promise<void> {
    const entry = loaded.peek(id);
    if (entry === undefined) return;
    loaded.delete(id);
    onChange();
    await retire(entry);
  }

  /** Unloads the least recently used models until `bytes` fit, but not model `id`, whose version is replaced. */
  async function makeRoom(id: string, bytes: number): Promise<void> {
    for (const other of [...loaded.rkeys()]) {
      if (privateBytes() + bytes <= budgetBytes) return;
      if (other !== id) await unload(other);
    }
  }

  function privateBytes(): number {
    return summaries().reduce((sum, summary) => sum + summary.privateBytes, 0);
  }

  function summaries(): ModelSummary[] {
    return [...loaded.rvalues()].flatMap((entry) => entry?.model?.summary ?? []);
  }

  return {
    async with(files, use) {
      const entry = find(files);
      entry.users++;
      const model = await entry.loading;
      try {
        return await use(model);
      } finally {
        entry.users--;
        await disposeUnused(entry);
        // A model may have grown with what it computed.
        await makeRoom(files.id, 0);
      }
    },
    unload,
    list: summaries,
  };
}
