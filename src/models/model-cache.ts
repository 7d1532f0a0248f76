import type { LoadedModel } from './loaded-model.ts';
import type { ModelFiles, ModelSummary } from './worker-protocol.ts';

/** The loaded models: one per id, within a budget of private memory. */
export interface ModelCache {
  /**
   * Hands the model of `files` to `use`, loading it first when it is not there in that version. It stays loaded at
   * least until `use` is done; a failure to load leaves everything else, an older version too, as it was.
   */
  with<T>(files: ModelFiles, use: (model: LoadedModel) => Promise<T>): Promise<T>;
  unload(id: string): Promise<void>;
  /** Least recently used first. */
  list(): ModelSummary[];
}

export interface ModelCacheOptions {
  readonly budgetBytes: number;
  /** Loads a model; calls `makeRoom` once it knows how much private memory that takes. */
  readonly open: (
    files: ModelFiles,
    makeRoom: (privateBytes: number) => Promise<void>,
  ) => Promise<LoadedModel>;
  readonly onChange?: () => void;
}

interface Entry {
  readonly model: LoadedModel;
  /** Calls that compute with the model at the moment, or are about to. */
  users: number;
  /** Not offered any more; goes when the last user is done. */
  retired: boolean;
}

/** A load under way; who waits for it is a user of the model from its first moment, so that nobody takes it away. */
interface Loading {
  readonly entry: Promise<Entry>;
  waiting: number;
}

/** An empty cache. A model that alone exceeds the budget is loaded all the same, without company. */
export function createModelCache({ budgetBytes, open, onChange = () => {} }: ModelCacheOptions): ModelCache {
  /** In the order of use, by id. */
  const entries = new Map<string, Entry>();
  /** By id and version, shared by all who wait for the same one. */
  const loads = new Map<string, Loading>();

  async function release(entry: Entry): Promise<void> {
    if (entry.retired && entry.users === 0) await entry.model.dispose();
  }

  async function retire(id: string): Promise<void> {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    entry.retired = true;
    onChange();
    await release(entry);
  }

  /** Lets the least recently used models go until `bytes` fit in, never that of `id`, which is being replaced. */
  async function makeRoom(id: string, bytes: number): Promise<void> {
    for (const other of [...entries.keys()]) {
      if (privateBytes() + bytes <= budgetBytes) return;
      if (other !== id) await retire(other);
    }
  }

  function privateBytes(): number {
    let sum = 0;
    for (const { model } of entries.values()) sum += model.summary.privateBytes;
    return sum;
  }

  async function load(key: string, files: ModelFiles): Promise<Entry> {
    const model = await open(files, (bytes) => makeRoom(files.id, bytes)).catch((error: unknown) => {
      loads.delete(key);
      throw error;
    });
    const entry: Entry = { model, users: loads.get(key)!.waiting, retired: false };
    loads.delete(key);
    const previous = entries.get(files.id);
    entries.set(files.id, entry);
    if (previous !== undefined) {
      previous.retired = true;
      await release(previous);
    }
    // Another load may have taken the room in the meantime.
    await makeRoom(files.id, 0);
    onChange();
    return entry;
  }

  /** The entry of a model, already counted as one more user of it. */
  async function acquire(files: ModelFiles): Promise<Entry> {
    const entry = entries.get(files.id);
    if (entry?.model.summary.version === files.version) {
      entry.users++;
      entries.delete(files.id);
      entries.set(files.id, entry);
      return entry;
    }
    const key = JSON.stringify([files.id, files.version]);
    const known = loads.get(key);
    if (known !== undefined) {
      known.waiting++;
      return known.entry;
    }
    const started = load(key, files);
    loads.set(key, { entry: started, waiting: 1 });
    return started;
  }

  return {
    async with(files, use) {
      const entry = await acquire(files);
      try {
        return await use(entry.model);
      } finally {
        entry.users--;
        await release(entry);
        // A model may have grown with what it computed.
        await makeRoom(files.id, 0);
      }
    },
    unload: retire,
    list: () => [...entries.values()].map((entry) => entry.model.summary),
  };
}
