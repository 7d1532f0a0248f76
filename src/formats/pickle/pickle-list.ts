import { PickleObject, type PickleValue } from './pickle-values.ts';

/** A list of another type than Python's: an array of numpy, a column or an index of pandas. */
export abstract class PickleList extends PickleObject {
  abstract readonly length: number;
  /** In the order of the rows; undefined where its elements have no plain values. */
  abstract values(): readonly PickleValue[] | undefined;
}

/** The values of a list of any type; undefined for anything else. */
export function valuesOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  if (value instanceof PickleList) return value.values();
  return Array.isArray(value) ? (value as readonly PickleValue[]) : undefined;
}

/** Number of values that `valuesOf` returns. */
export function countOf(value: PickleValue | undefined): number {
  return value instanceof PickleList || Array.isArray(value) ? value.length : 0;
}
