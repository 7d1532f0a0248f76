import { PickleObject, type PickleValue } from './pickle-values.ts';

/** How deep and how large a value is. */
export interface Extent {
  /** Levels of nesting; an atom has 0. */
  readonly depth: number;
  /** Values, counting shared ones each time; long text counts as several. */
  readonly values: number;
}

const ATOM: Extent = { depth: 0, values: 1 };

/** Characters that count as one value: a string that is referenced a thousand times is copied a thousand times. */
export const CHARACTERS_PER_VALUE = 64;

/**
 * Measures a value, visiting each shared value once. A few bytes can describe a value that doubles with every level or
 * contains itself; after this check, code that walks through a value needs no guard.
 * @returns undefined when the value is deeper than `maxDepth`
 */
export function measureExtent(root: PickleValue, maxDepth: number): Extent | undefined {
  const known = new Map<object, Extent>();

  function measure(value: PickleValue, levelsLeft: number): Extent | undefined {
    const inside = contents(value);
    if (inside === undefined) {
      const isLong = typeof value === 'string' && value.length >= CHARACTERS_PER_VALUE;
      return isLong ? { depth: 0, values: 1 + Math.floor(value.length / CHARACTERS_PER_VALUE) } : ATOM;
    }
    const before = known.get(value as object);
    if (before !== undefined) return before.depth <= levelsLeft ? before : undefined;
    if (levelsLeft === 0) return undefined;
    let depth = 0;
    let values = 1;
    for (const item of inside) {
      const extent = measure(item, levelsLeft - 1);
      if (extent === undefined) return undefined;
      depth = Math.max(depth, extent.depth);
      values += extent.values;
    }
    const extent = { depth: depth + 1, values };
    known.set(value as object, extent);
    return extent;
  }

  return measure(root, maxDepth);
}

function contents(value: PickleValue): Iterable<PickleValue> | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  if (Array.isArray(value) || value instanceof Set) return value as Iterable<PickleValue>;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof PickleObject) return value.children();
  return undefined;
}
