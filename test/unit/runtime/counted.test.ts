import { expect, test } from 'vitest';
import { counted } from '../../../src/runtime/counted.ts';

test.each([
  [counted(0, 'day'), '0 days'],
  [counted(1, 'day'), '1 day'],
  [counted(12_345, 'day'), '12,345 days'],
  [counted(1, 'file of packages', 'files of packages'), '1 file of packages'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});
