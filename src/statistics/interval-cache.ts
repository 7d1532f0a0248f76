import { LRUCache } from 'lru-cache';
import { bootstrapIntervals, type Intervals } from './bootstrap.ts';

/** Computes intervals from simple daily returns; equal days of equal ranges are computed once. */
export type ComputeIntervals = (returns: readonly number[], seed: string) => Promise<Intervals>;

/** Keys have 11 characters per day. */
const MAX_ENTRIES = 200;

/** @param pause yields to the event loop */
export function createIntervalCache(pause: () => Promise<void>): ComputeIntervals {
  const cache = new LRUCache<string, Promise<Intervals>>({ max: MAX_ENTRIES });
  return (returns, seed) => {
    const days = Buffer.from(Float64Array.from(returns).buffer).toString('base64');
    const key = `${seed} ${days}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const computed = bootstrapIntervals(returns, seed, pause);
    cache.set(key, computed);
    computed.catch(() => {
      if (cache.peek(key) === computed) cache.delete(key);
    });
    return computed;
  };
}
