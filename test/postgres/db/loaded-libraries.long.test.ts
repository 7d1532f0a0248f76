import { expect, inject, onTestFinished, test } from 'vitest';
import { SQLITE_LIBRARY } from '../../../src/db/sqlite/sqlite-library.ts';
import { librariesLoadedBy } from '../../helper/loaded-libraries.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';

test('with PostgreSQL its library is loaded, and not that of SQLite', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl')!);
  onTestFinished(drop);
  const libraries = await librariesLoadedBy({ DATABASE_URL: url });
  expect(libraries).toContain('pg');
  expect(libraries).not.toContain(SQLITE_LIBRARY);
});
