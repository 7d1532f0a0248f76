// promise: docs/security.md "Nothing in a file is executed"
// promise: docs/security.md "Sizes that a file declares are checked before memory is allocated"
// promise: docs/security.md "every byte of an uploaded file"

import { beforeAll, expect, test } from 'vitest';
import { LONG } from '../helper/run-length.ts';
import { ROLES, type Role } from './files-by-role.ts';
import { readInProcess, type Selection } from './read-in-process.ts';
import type { Outcome } from './reader-process.ts';
import { report } from './report.ts';

const SELECTION: Selection = LONG
  ? { hostile: 1, unusual: 1, mutated: 600 }
  : { hostile: 10, unusual: 50, mutated: 4 };

/**
 * Resident memory for one file, MB: models of directories may inflate to 256 MiB, which a file that inflates to more reaches
 * before it is refused, unless the process has as much free memory from the file before.
 */
const MAX_MEGABYTES = 300;
const MAX_MESSAGE_LENGTH = 2000;

let outcomesByRole: ReadonlyMap<Role, readonly Outcome[]>;
beforeAll(async () => {
  outcomesByRole = await readInProcess(SELECTION);
}, 3_600_000);

test.each(ROLES)(
  'hostile %s files are refused with the right code in bounded memory, unusual and mutated ones do no harm',
  (role) => {
    const outcomes = outcomesByRole.get(role)!;
    expect(outcomes.filter(({ allowed }) => !allowed)).toEqual([]);
    expect(outcomes.filter(({ megabytes }) => megabytes > MAX_MEGABYTES)).toEqual([]);
    expect(outcomes.filter(({ errorMessage }) => errorMessage.length > MAX_MESSAGE_LENGTH)).toEqual([]);
    const count = (kind: keyof Selection) => outcomes.filter((outcome) => outcome.kind === kind).length;
    expect(Math.min(count('hostile'), count('mutated'))).toBeGreaterThan(0);
    report(`${role} files`, {
      hostile: count('hostile'),
      unusual: count('unusual'),
      mutated: count('mutated'),
      'slowest ms': highest(outcomes, 'milliseconds'),
      'most MB': highest(outcomes, 'megabytes'),
    });
  },
);

function highest(outcomes: readonly Outcome[], figure: 'milliseconds' | 'megabytes'): string {
  const found = outcomes.reduce((a, b) => (b[figure] > a[figure] ? b : a));
  return `${Math.round(found[figure])} (${found.name.slice(0, 60)})`;
}
