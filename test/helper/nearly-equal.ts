import { expect } from 'vitest';

/** Processors add up float32 numbers in different orders, so what models compute differs in the last digits. */
const RELATIVE = 1e-5;
/** For numbers near 0. */
const ABSOLUTE = 1e-6;

/** Expects equal values; only numbers that are no integers may differ, by so little as the models of two processors do. */
export function expectNearlyEqual(actual: unknown, expected: unknown): void {
  expect(withNearNumbers(actual, expected)).toEqual(expected);
}

/** `actual` with every number that is near the expected one replaced by that. */
function withNearNumbers(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number' && !Number.isInteger(expected)) {
    return Math.abs(actual - expected) <= RELATIVE * Math.abs(expected) + ABSOLUTE ? expected : actual;
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((value, index) => withNearNumbers(value, expected[index]));
  }
  if (!isObject(actual) || !isObject(expected)) return actual;
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [key, withNearNumbers(value, expected[key])]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
