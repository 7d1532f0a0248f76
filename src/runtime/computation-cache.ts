import { LRUCache } from 'lru-cache';

/** Caches computations by key, also those under way. One that fails is forgotten. */
export interface ComputationCache<T> {
  /** @param compute called only where the key has no computation */
  get(key: string, compute: () => Promise<T>): Promise<T>;
  /** Undefined where the key has none. */
  find(key: string): Promise<T> | undefined;
}

/** @param maxEntries the least recently used one is removed when there are more */
export function createComputationCache<T>(maxEntries: number): ComputationCache<T> {
  const entries = new LRUCache<string, Promise<T>>({ max: maxEntries });
  return {
    find: (key) => entries.get(key),
    get(key, compute) {
      const known = entries.get(key);
      if (known !== undefined) return known;
      const computed = compute();
      entries.set(key, computed);
      computed.catch(() => {
        if (entries.peek(key) === computed) entries.delete(key);
      });
      return computed;
    },
  };
}
