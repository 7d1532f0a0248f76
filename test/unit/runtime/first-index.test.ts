import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstIndex } from '../../../src/runtime/first-index.ts';

test('is what looking at one item after the other finds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, start) => {
      const sorted = items.sort((a, b) => a - b);
      const found = sorted.findIndex((item) => item >= start);
      expect(firstIndex(sorted, (item) => item >= start)).toBe(found === -1 ? sorted.length : found);
    }),
  );
});
