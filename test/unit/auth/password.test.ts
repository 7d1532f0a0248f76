// promise: docs/security.md "The time of a log-in says nothing about the password"

import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createPasswordHasher } from '../../../src/auth/password.ts';

test('only the same password matches; NULs at the end make another one', async () => {
  const passwords = createPasswordHasher({ N: 16, r: 1, p: 1 });
  const stored = await passwords.hash('open sesame');
  const matches = [];
  for (const guess of [
    'open sesame',
    'open sesame\0',
    'open sesame\0\0',
    'Open sesame',
    'open sesame ',
    '',
  ]) {
    matches.push(await passwords.matches(guess, stored, 'known'));
  }
  expect(matches).toEqual([true, false, false, false, false, false]);
});

test('the default cost is that of stored passwords', async () => {
  const stored = {
    salt: 'AAECAwQFBgcICQoLDA0ODw==',
    hash: 'L4b6SQyspd//5Zwy+fuh6/DuEjAqIOehGQ6tAYBxZ2E=',
  };
  expect(await createPasswordHasher().matches('open sesame', stored, 'strangers')).toBe(true);
});

test('strangers wait in a queue of their own, which has an end', async () => {
  const passwords = createPasswordHasher({ N: 16, r: 1, p: 1 });
  const stored = await passwords.hash('open sesame');
  const guesses = Array.from({ length: 30 }, () => passwords.matches('a guess', stored, 'strangers'));
  expect(() => passwords.requireRoom('strangers')).toThrow(/30 log-ins wait/);
  expect(() => passwords.requireRoom('known')).not.toThrow();
  await Promise.all(guesses);
  expect(() => passwords.requireRoom('strangers')).not.toThrow();
});

test('every guess costs the same work: one hash of the stored cost, whatever its length and however near it is', async () => {
  const cost = { N: 16, r: 1, p: 1 };
  const work: unknown[] = [];
  const passwords = createPasswordHasher(cost, (...args) => {
    const [, salt, bytes, options] = args;
    work.push([salt.length, bytes, options]);
    return promisify<(typeof args)[0], Buffer, number, (typeof args)[3], Buffer>(scrypt)(...args);
  });
  const stored = await passwords.hash('open sesame');
  const guesses = ['open sesame', 'open sesamE', 'Xpen sesame', '', 'o', 'x'.repeat(10_000), 'open sesame\0'];
  for (const queue of ['known', 'strangers'] as const) {
    for (const guess of guesses) await passwords.matches(guess, stored, queue);
  }
  expect(work).toEqual(Array(1 + 2 * guesses.length).fill([16, 32, { ...cost, maxmem: 256 * 2 ** 20 }]));
});
