import { expect, test } from 'vitest';
import { PaperdeskError } from '../../src/errors.ts';
import { hostileFiles, type Role } from './files-by-role.ts';
import { READERS } from './readers.ts';

/** Names of files that once made a reader hang, run out of memory, or throw an error of its runtime. */
const FIXED: Readonly<Partial<Record<Role, readonly string[]>>> = {
  scaler: ['numpy: text of 3 MB of NULs', 'one string of 1 MB a hundred thousand times'],
  vec_normalize: ['one list made a set again and again, next to 3 MB of text'],
  policy: [
    'policy with an action type of 2 MB',
    'policy with an extractor of 2 MB',
    'policy with 300,000 layers',
  ],
  manifest: [
    'manifest with a feature of 500,000 characters',
    'manifest with 100,000 features that are numbers',
  ],
  info: [
    'pandas: a time whose unit doubles 60 times',
    'pandas: a time whose unit is nested 50,000 deep',
    'pandas: a time whose unit is a property of every object',
    'info: an index of 400,000 numbers again and again',
    'info: a label that doubles 60 times',
    'info: a column that doubles 60 times',
    'info: one long factor 90,000 times',
    'info: an array of text in every setting',
  ],
  model: [
    'booster: 400 million categories',
    'UBJSON: 600,000 empty objects',
    'booster: JSON with text of 5 MB',
  ],
  model_json: ['model JSON: quotes without end', 'model JSON: three million lists in a row'],
  ic: ['CSV: 300,000 rows', 'CSV: characters after three million quotes'],
};

test.each(Object.entries(FIXED) as [Role, string[]][])(
  '%s files that readers once failed on are refused',
  async (role, names) => {
    const files = new Map(hostileFiles(role).map((file) => [file.name, file]));
    for (const name of names) {
      const { bytes, codes } = files.get(name)!;
      const error: unknown = await Promise.resolve()
        .then(() => READERS[role](bytes))
        .catch((reason: unknown) => reason);
      expect(error, name).toBeInstanceOf(PaperdeskError);
      expect(codes, name).toContain((error as PaperdeskError).code);
      expect((error as PaperdeskError).message.length, name).toBeLessThan(2000);
    }
  },
);
