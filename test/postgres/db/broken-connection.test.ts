// promise: docs/operations.md "connections break"

import { sql } from 'kysely';
import { expect, inject, onTestFinished, test } from 'vitest';
import { databaseFault } from '../../../src/db/database-fault.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { openLink } from '../../helper/cluster/link.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';
import { waitFor } from '../../helper/wait.ts';

test('a connection that breaks in a transaction fails it, and the next one works', async () => {
  const store = await createTestDatabase(inject('postgresUrl') as string);
  onTestFinished(store.drop);
  const url = new URL(store.url);
  const link = await openLink(Number(url.port));
  onTestFinished(link.close);
  url.port = String(link.port);
  const database = await openDatabase({ kind: 'postgres', url: url.href });
  onTestFinished(() => database.destroy());
  const one = sql<{ one: number }>`select 1 as one`;

  const failed = await database
    .transaction()
    .execute(async (transaction) => {
      await one.execute(transaction);
      // Nothing uses the connection while it breaks.
      link.cut();
      await waitFor(
        'a query fails',
        () =>
          one.execute(transaction).then(
            () => undefined,
            (error: unknown) => error,
          ),
        (error) => error !== undefined,
      ).then((error) => {
        throw error;
      });
    })
    .catch((error: unknown) => error);
  expect(databaseFault(failed)).toBe('lost');
  expect((await one.execute(database)).rows).toEqual([{ one: 1 }]);
});
