import type { Database as SqliteDatabase, Statement } from 'better-sqlite3';
import type { SqliteDatabase as QueriedDatabase, SqliteStatement } from 'kysely';

/** The statements of the service are some hundred; those that are longer write many rows, and differ by their number. */
const KEPT = { statements: 200, characters: 2000 };

/**
 * Makes the objects of rows here instead of in better-sqlite3, which sets each property from native code: a row of
 * seven numbers then takes half the time. Statements are kept, so that each is compiled once.
 */
export function withRowObjects(sqlite: SqliteDatabase): QueriedDatabase {
  const kept = new Map<string, SqliteStatement>();
  function prepare(sql: string): SqliteStatement {
    const statement = sqlite.prepare(sql);
    return statement.reader ? rowReader(statement) : (statement as SqliteStatement);
  }
  return {
    close: () => void sqlite.close(),
    prepare(sql) {
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const statement = prepare(sql);
      // A change of the schema changes what columns a statement has.
      if (!/^\s*(select|with|insert|update|delete|pragma|begin|commit|rollback)\b/i.test(sql)) kept.clear();
      else if (sql.length <= KEPT.characters) {
        kept.set(sql, statement);
        if (kept.size > KEPT.statements) kept.delete(kept.keys().next().value as string);
      }
      return statement;
    },
  };
}

function rowReader(statement: Statement): SqliteStatement {
  const rows = statement.raw() as Statement<unknown[], unknown[]>;
  const names = rows.columns().map(({ name }) => name);
  function objectOf(values: readonly unknown[]): Record<string, unknown> {
    const row: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
    return row;
  }
  return {
    reader: true,
    all: (parameters) => rows.all([...parameters]).map(objectOf),
    run: (parameters) => rows.run([...parameters]),
    *iterate(parameters) {
      for (const values of rows.iterate([...parameters])) yield objectOf(values);
    },
  };
}
