import { expect, test } from 'vitest';
import { hashPassword, isPassword } from '../../../src/auth/password.ts';

test('a password is told apart from all others, also from those with NULs at their end', async () => {
  const stored = await hashPassword('open sesame');
  const matches = [];
  for (const guess of [
    'open sesame',
    'open sesame\0',
    'open sesame\0\0',
    'Open sesame',
    'open sesame ',
    '',
  ]) {
    matches.push(await isPassword(guess, stored));
  }
  expect(matches).toEqual([true, false, false, false, false, false]);
});
