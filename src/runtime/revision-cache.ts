import { LRUCache } from 'lru-cache';

/** Caches one value per key until the revision that it was computed at changes; concurrent callers share one computation. */
export interface RevisionCache<T> {
  /** @param revisionNow what the value depends on; the same text means that nothing has changed */
  get(key: string, revisionNow: () => string | Promise<string>, compute: () => Promise<T>): Promise<T>;
}

export interface RevisionCacheOptions<T> {
  /** The least recently used entry is removed when there are more. */
  readonly maxEntries: number;
  /** Whether a value may be cached; all may by default. */
  readonly isCacheable?: (value: T) => boolean;
}

interface Entry<T> {
  readonly revision: string;
  readonly value: Promise<T>;
}

export function createRevisionCache<T>({
  maxEntries,
  isCacheable = () => true,
}: RevisionCacheOptions<T>): RevisionCache<T> {
  const entries = new LRUCache<string, Entry<T>>({ max: maxEntries });
  return {
    async get(key, revisionNow, compute) {
      const revision = await revisionNow();
      const known = entries.get(key);
      if (known?.revision === revision) return known.value;
      const entry = { revision, value: compute() };
      entries.set(key, entry);
      let isCurrent = false;
      try {
        const value = await entry.value;
        // A value that was computed during a change may mix old and new data.
        isCurrent = isCacheable(value) && (await revisionNow()) === revision;
        return value;
      } finally {
        if (!isCurrent && entries.peek(key) === entry) entries.delete(key);
      }
    },
  };
}
