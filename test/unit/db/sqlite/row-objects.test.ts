import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withRowObjects } from '../../../../src/db/sqlite/row-objects.ts';
import { createSqliteDialect } from '../../../../src/db/sqlite/sqlite-dialect.ts';
import { type SqliteConnection, SqliteDatabase } from '../../../../src/db/sqlite/sqlite-library.ts';
import { withStatementCache } from '../../../../src/db/sqlite/statement-cache.ts';

interface Things {
  things: { id: number; value: unknown };
}

let folder: string;
let own: SqliteConnection;
let other: SqliteConnection;
let store: Kysely<Things>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperdesk-rows-'));
  own = new SqliteDatabase(join(folder, 'store.sqlite'));
  own.pragma('journal_mode = WAL');
  own.exec('create table things (id integer primary key, value)');
  own.exec(`insert into things values (1, 'a'), (2, 'b'), (3, 'c')`);
  other = new SqliteDatabase(join(folder, 'store.sqlite'));
  store = new Kysely<Things>({ dialect: createSqliteDialect(own) });
});
afterEach(async () => {
  await store.destroy();
  other.close();
  rmSync(folder, { recursive: true });
});

const first = () => store.selectFrom('things').selectAll().orderBy('id').executeTakeFirst();

describe('a cached statement', () => {
  const writers: [string, (ddl: string) => Promise<unknown> | unknown][] = [
    ['a query', (ddl) => sql.raw(ddl).execute(store)],
    ['the same connection', (ddl) => own.exec(ddl)],
    ['another connection', (ddl) => other.exec(ddl)],
  ];
  describe.each(writers)('after a change of the schema by %s', (_, change) => {
    test.each([
      ['a new column', ['alter table things add column more default 7'], { id: 1, value: 'a', more: 7 }],
      ['a renamed column', ['alter table things rename column value to worth'], { id: 1, worth: 'a' }],
      ['a dropped column', ['alter table things drop column value'], { id: 1 }],
      [
        'columns in another order',
        ['drop table things', 'create table things (value, id)', `insert into things values ('z', 9)`],
        { id: 9, value: 'z' },
      ],
    ])('has %s', async (_name, statements, expected) => {
      expect(await first()).toEqual({ id: 1, value: 'a' });
      for (const statement of statements) await change(statement);
      expect(await first()).toEqual(expected);
      expect(await first()).toEqual(expected);
    });
  });

  test('has the right columns after a change that was rolled back, and after the next one', async () => {
    const undone = store.transaction().execute(async (transaction) => {
      await sql`alter table things add column undone`.execute(transaction);
      const row = await transaction.selectFrom('things').selectAll().orderBy('id').executeTakeFirst();
      expect(row).toEqual({ id: 1, value: 'a', undone: null });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    other.exec('alter table things add column done default 1');
    expect(await first()).toEqual({ id: 1, value: 'a', done: 1 });
  });

  test('takes parameters of every type', async () => {
    const bytes = Buffer.from([0, 255]);
    for (const [id, value] of [1.5, 'text', null, bytes, 2n ** 40n, ''].entries()) {
      await store
        .insertInto('things')
        .values({ id: 10 + id, value })
        .execute();
      const row = await store
        .selectFrom('things')
        .select('value')
        .where('id', '=', 10 + id)
        .executeTakeFirst();
      expect(row?.value).toEqual(typeof value === 'bigint' ? Number(value) : value);
      const same = sql<{ n: number }>`select count(*) as n from things where value is ${value}`;
      expect((await same.execute(store)).rows).toEqual([{ n: 1 }]);
    }
  });

  test('still works after it failed', async () => {
    const insert = (id: number) => store.insertInto('things').values({ id, value: 'x' }).execute();
    await expect(insert(1)).rejects.toThrow('UNIQUE');
    await insert(4);
    await expect(insert(4)).rejects.toThrow('UNIQUE');
    await expect(
      store
        .selectFrom('things')
        .selectAll()
        .where('value', '=', {} as never)
        .execute(),
    ).rejects.toThrow();
    expect(await store.selectFrom('things').select('id').where('value', '=', 'x').execute()).toEqual([
      { id: 4 },
    ]);
  });

  test('sets a pragma each time', async () => {
    for (const value of [1, 0, 1, 0]) {
      await sql.raw(`pragma recursive_triggers = ${value}`).execute(store);
      const { rows } = await sql`pragma recursive_triggers`.execute(store);
      expect(rows).toEqual([{ recursive_triggers: value }]);
    }
  });
});

describe('a streamed query', () => {
  test('can run again before it has ended', () => {
    // Kysely locks the connection while it streams; this does not depend on it.
    const cached = withStatementCache(withRowObjects(own));
    const query = () => cached.prepare('select * from things where id >= ? order by id');
    const seen: unknown[] = [];
    for (const outer of query().iterate([1])) {
      const { id } = outer as { id: number };
      seen.push([outer, query().all([id]).length, [...query().iterate([id])].length]);
    }
    expect(seen).toEqual([
      [{ id: 1, value: 'a' }, 3, 3],
      [{ id: 2, value: 'b' }, 2, 2],
      [{ id: 3, value: 'c' }, 1, 1],
    ]);
  });

  test('leaves the store usable when the stream is not read to its end', async () => {
    for await (const row of store.selectFrom('things').selectAll().orderBy('id').stream()) {
      expect(row).toEqual({ id: 1, value: 'a' });
      break;
    }
    await store.insertInto('things').values({ id: 4, value: 'd' }).execute();
    expect(await store.selectFrom('things').select('id').where('id', '=', 4).execute()).toEqual([{ id: 4 }]);
  });
});
