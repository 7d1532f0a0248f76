import type { Database as SqliteDatabase, Statement } from 'better-sqlite3';
import type { SqliteDatabase as QueriedDatabase, SqliteStatement } from 'kysely';

/** The statements of the service are some hundred; those that are longer write many rows, and differ by their number. */
const KEPT = { statements: 200, characters: 2000 };

/**
 * All else changes the schema, or takes it back, and with it what columns a statement has; other pragmas do their work
 * while they are compiled.
 */
const KEEPABLE = /^\s*(select|with|insert|update|delete|begin|commit)\b/i;

/**
 * Makes the objects of rows here instead of in better-sqlite3, which sets each property from native code: a row of
 * seven numbers then takes half the time. Statements are kept, so that each is compiled once.
 */
export function withRowObjects(sqlite: SqliteDatabase): QueriedDatabase {
  const kept = new Map<string, SqliteStatement>();
  const schema = sqlite.prepare<[], number>('pragma schema_version').pluck();
  const schemaVersion = () => schema.get() as number;
  function prepare(sql: string): SqliteStatement {
    const version = schemaVersion();
    const statement = sqlite.prepare(sql);
    return statement.reader
      ? rowReader(sqlite, statement, version, schemaVersion)
      : (statement as SqliteStatement);
  }
  return {
    close: () => void sqlite.close(),
    prepare(sql) {
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const statement = prepare(sql);
      if (!KEEPABLE.test(sql)) kept.clear();
      else if (sql.length <= KEPT.characters) {
        kept.set(sql, statement);
        if (kept.size > KEPT.statements) kept.delete(kept.keys().next().value as string);
      }
      return statement;
    },
  };
}

/** @param version of the schema, read before the statement was prepared */
function rowReader(
  sqlite: SqliteDatabase,
  statement: Statement,
  version: number,
  schemaVersion: () => number,
): SqliteStatement {
  const rows = statement.raw() as Statement<unknown[], unknown[]>;
  let known = { version, names: namesOf(rows) };
  return {
    reader: true,
    all(parameters) {
      const found = rows.all([...parameters]);
      // SQLite compiles a statement again when somebody changed the schema, and `*` may then be other columns.
      const version = schemaVersion();
      if (version !== known.version) known = { version, names: namesOf(rows) };
      return found.map((values) => objectOf(known.names, values));
    },
    run: (parameters) => rows.run([...parameters]),
    *iterate(parameters) {
      // A statement of its own: the kept one may be asked again before this one is through.
      const own = sqlite.prepare(rows.source).raw() as Statement<unknown[], unknown[]>;
      let names: readonly string[] | undefined;
      for (const values of own.iterate([...parameters])) {
        names ??= namesOf(own);
        yield objectOf(names, values);
      }
    },
  };
}

function namesOf(statement: Statement<unknown[], unknown[]>): readonly string[] {
  return statement.columns().map(({ name }) => name);
}

function objectOf(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
  return row;
}
