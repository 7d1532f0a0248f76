import { expect, test } from 'vitest';
import { tooDeepAt } from '../../../src/runtime/json-depth.ts';

test.each([
  ['[[]]', 2, -1],
  ['[[[]]]', 2, 2],
  ['{"a":[{"b":1}]}', 3, -1],
  ['{"a":[{"b":1}]}', 2, 6],
  ['[[],[],[],[]]', 2, -1],
  ['"[[[[["', 0, -1],
  ['["\\"[[[", "\\\\", [1]]', 1, 16],
  ['["never ends', 1, -1],
  [']]]][[[', 1, -1],
  ['', 0, -1],
])('%s is deeper than %d at %d', (text, most, index) => {
  expect(tooDeepAt(text, most)).toBe(index);
});

test('reads no further than the bracket that is too many', () => {
  let read = 0;
  const brackets = {
    length: 1_000_000,
    charCodeAt() {
      read += 1;
      return 0x5b;
    },
  };
  expect(tooDeepAt(brackets as unknown as string, 32)).toBe(32);
  expect(read).toBe(33);
});
