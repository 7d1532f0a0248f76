import { expect } from 'vitest';

/** Expects that no number in a value, however deep, is NaN, infinite or -0. */
export function expectFiniteNumbers(value: unknown, path = 'value'): void {
  if (typeof value === 'number') {
    expect(
      Number.isFinite(value) && !Object.is(value, -0),
      `${path} is ${Object.is(value, -0) ? '-0' : value}`,
    ).toBe(true);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) expectFiniteNumbers(inner, `${path}.${key}`);
  }
}
