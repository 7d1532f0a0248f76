import { expect, test } from 'vitest';
import { SQLITE_LIBRARY } from '../../src/db/sqlite/sqlite-library.ts';
import { librariesLoadedBy } from '../helper/loaded-libraries.ts';

const FOR_SEVERAL_MACHINES = /^(pg|pg-.*|@aws-sdk\/.*|@smithy\/.*)$/;

test('one process with SQLite and a folder loads no library for several machines', async () => {
  const libraries = await librariesLoadedBy({});
  expect(libraries).toEqual(expect.arrayContaining([SQLITE_LIBRARY, 'pino', 'ccxt']));
  expect(libraries.filter((library) => FOR_SEVERAL_MACHINES.test(library))).toEqual([]);
});
