/**
 * Keeps what was made for a key as long as the state that it was made in lasts; whoever asks while it is made waits for
 * the same.
 */
export interface RevisionCache<T> {
  /** @param stateNow what the answer depends on; the same text means that nothing has changed */
  of(key: string, stateNow: StateNow, make: () => Promise<T>): Promise<T>;
}

type StateNow = () => string | Promise<string>;

export interface RevisionCacheParts<T> {
  /** Whether this may be kept at all. */
  readonly isLasting: (value: T) => boolean;
  /** How many are kept: those that were asked for last. */
  readonly most: number;
}

export function createRevisionCache<T>({ isLasting, most }: RevisionCacheParts<T>): RevisionCache<T> {
  const kept = new Map<string, { readonly state: string; readonly value: Promise<T> }>();

  async function makeIn(state: string, key: string, stateNow: StateNow, make: () => Promise<T>): Promise<T> {
    const value = make();
    const entry = { state, value };
    kept.delete(key);
    kept.set(key, entry);
    if (kept.size > most) kept.delete(kept.keys().next().value as string);
    let lasts = false;
    try {
      lasts = isLasting(await value) && (await stateNow()) === state;
    } finally {
      if (!lasts && kept.get(key) === entry) kept.delete(key);
    }
    return value;
  }

  return {
    async of(key, stateNow, make) {
      const state = await stateNow();
      const known = kept.get(key);
      return known?.state === state ? known.value : makeIn(state, key, stateNow, make);
    },
  };
}
