import { sql } from 'kysely';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Database } from '../../../src/db/connection.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { inTransaction } from '../../../src/db/transaction.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';

/** Two nodes on one store; the first has one connection, so that it reads what it prepared before. */
async function twoNodes() {
  const { url, drop } = await createTestDatabase(inject('postgresUrl')!);
  const own = await openDatabase({ kind: 'postgres', url }, { connections: 1 });
  const other = await openDatabase({ kind: 'postgres', url });
  onTestFinished(async () => {
    await own.destroy();
    await other.destroy();
    await drop();
  });
  return { own, other };
}

const read = (database: Database) => database.selectFrom('revisions').selectAll().execute();

async function preparedStatements(database: Database): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(
    database,
  );
  return rows.map(({ statement }) => statement);
}

test('a statement that is used often is prepared once, and a rare one not at all', async () => {
  const { own } = await twoNodes();
  for (let use = 0; use < 10; use += 1) await read(own);
  await own.selectFrom('store_facts').selectAll().execute();
  const statements = await preparedStatements(own);
  expect(statements.filter((statement) => statement.includes('"revisions"'))).toHaveLength(1);
  expect(statements.filter((statement) => statement.includes('"store_facts"'))).toHaveLength(0);
});

test('after another node has changed the schema, a prepared read has the new columns', async () => {
  const { own, other } = await twoNodes();
  await other.insertInto('revisions').values({ topic: 'packages', revision: 7 }).execute();
  for (let use = 0; use < 5; use += 1) await read(own);
  await sql`alter table revisions add column added bigint default 3`.execute(other);
  for (let use = 0; use < 5; use += 1) {
    expect(await read(own)).toEqual([{ topic: 'packages', revision: 7, added: 3 }]);
  }
});

test('a transaction that meets such a change is repeated', async () => {
  const { own, other } = await twoNodes();
  for (let use = 0; use < 5; use += 1) await read(own);
  await sql`alter table revisions add column added bigint default 3`.execute(other);
  let attempts = 0;
  await inTransaction(own, async (transaction) => {
    attempts += 1;
    await transaction.insertInto('revisions').values({ topic: 'replays', revision: 1 }).execute();
    await read(transaction);
  });
  expect(attempts).toBe(2);
  expect(await read(own)).toEqual([{ topic: 'replays', revision: 1, added: 3 }]);
});

test('the errors of a prepared statement are its own', async () => {
  const { own } = await twoNodes();
  const insert = (revision: number) =>
    own
      .insertInto('revisions')
      .values({ topic: `account:${revision}`, revision })
      .execute();
  for (let use = 0; use < 5; use += 1) await insert(use);
  await expect(insert(4)).rejects.toMatchObject({ code: '23505' });
  await insert(5);
});
