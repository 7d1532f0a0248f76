import { createComputationCache } from '../runtime/computation-cache.ts';
import { bootstrapIntervals, type Intervals } from './bootstrap.ts';
import { keyOfDays } from './key-of-days.ts';

/** Computes intervals from simple daily returns; equal days of equal ranges are computed once. */
export type ComputeIntervals = (returns: readonly number[], seed: string) => Promise<Intervals>;

const MAX_ENTRIES = 200;

/** @param pause yields to the event loop */
export function createIntervalCache(pause: () => Promise<void>): ComputeIntervals {
  const cache = createComputationCache<Intervals>(MAX_ENTRIES);
  return (returns, seed) =>
    cache.get(keyOfDays(seed, returns), () => bootstrapIntervals(returns, seed, pause));
}
