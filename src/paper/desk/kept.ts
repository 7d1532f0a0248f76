/**
 * Keeps what was made for a key as long as the state that it was made in lasts; whoever asks while it is made waits for
 * the same.
 */
export interface Kept<T> {
  of(key: string, make: () => Promise<T>): Promise<T>;
}

export interface KeptParts<T> {
  /** The state that answers for this key depend on; the same text means that nothing has changed. */
  readonly stateOf: (key: string) => string | Promise<string>;
  /** Whether this may be kept at all. */
  readonly isLasting: (value: T) => boolean;
  /** How many are kept: those that were asked for last. */
  readonly most: number;
}

export function createKept<T>({ stateOf, isLasting, most }: KeptParts<T>): Kept<T> {
  const kept = new Map<string, { readonly state: string; readonly value: Promise<T> }>();

  async function makeIn(state: string, key: string, make: () => Promise<T>): Promise<T> {
    const value = make();
    const entry = { state, value };
    kept.delete(key);
    kept.set(key, entry);
    if (kept.size > most) kept.delete(kept.keys().next().value as string);
    let lasts = false;
    try {
      lasts = isLasting(await value) && (await stateOf(key)) === state;
    } finally {
      if (!lasts && kept.get(key) === entry) kept.delete(key);
    }
    return value;
  }

  return {
    async of(key, make) {
      const state = await stateOf(key);
      const known = kept.get(key);
      return known?.state === state ? known.value : makeIn(state, key, make);
    },
  };
}
