/**
 * Counts what was written about each symbol, so that what is kept in memory is known to be what is stored: read the
 * version, read the store, and keep it only for that version.
 */
export interface MarketChanges {
  version(symbol: string): number;
  /** Called after a write about `symbol` is committed. */
  wrote(symbol: string): void;
  /** Called when anything may have been written by somebody else. */
  wroteAnything(): void;
}

export function createMarketChanges(): MarketChanges {
  const writes = new Map<string, number>();
  let others = 0;
  return {
    version: (symbol) => (writes.get(symbol) ?? 0) + others,
    wrote(symbol) {
      writes.set(symbol, (writes.get(symbol) ?? 0) + 1);
    },
    wroteAnything() {
      others += 1;
    },
  };
}
