import { expect, test } from 'vitest';
import { type Role, SCAN_ROLES, UPLOAD_ROLES } from './files-by-role.ts';
import { readInProcess, type Shares } from './read-in-process.ts';
import type { Outcome } from './reader-process.ts';
import { LONG, report } from './run-length.ts';

const ROLES: readonly Role[] = [...UPLOAD_ROLES, ...SCAN_ROLES];
const SHARES: Shares = LONG ? { hostile: 1, odd: 1, mutated: 250 } : { hostile: 5, odd: 25, mutated: 8 };

/** Resident memory that one file may take, MB; the largest measured was 106. */
const MOST_MEGABYTES = 200;
const LONGEST_SENTENCE = 2000;

test.each(ROLES)(
  'hostile %s files are refused with the right code in bounded memory, odd and changed ones refused or read',
  async (role) => {
    const outcomes = await readInProcess(role, SHARES);
    expect(outcomes.filter(({ right }) => !right)).toEqual([]);
    expect(outcomes.filter(({ megabytes }) => megabytes > MOST_MEGABYTES)).toEqual([]);
    expect(outcomes.filter(({ sentence }) => sentence.length > LONGEST_SENTENCE)).toEqual([]);
    const count = (sort: keyof Shares) => outcomes.filter((outcome) => outcome.sort === sort).length;
    expect(Math.min(count('hostile'), count('mutated'))).toBeGreaterThan(0);
    report(`${role} files`, {
      hostile: count('hostile'),
      odd: count('odd'),
      changed: count('mutated'),
      'slowest ms': worst(outcomes, 'milliseconds'),
      'most MB': worst(outcomes, 'megabytes'),
    });
  },
  300_000,
);

function worst(outcomes: readonly Outcome[], by: 'milliseconds' | 'megabytes'): string {
  const found = outcomes.reduce((a, b) => (b[by] > a[by] ? b : a));
  return `${Math.round(found[by])} (${found.name.slice(0, 60)})`;
}
