import type { SqliteDatabase, SqliteStatement } from 'kysely';
import type { CompiledStatement, SqliteConnection } from './sqlite-library.ts';

type RowStatement = CompiledStatement<unknown[], unknown[]>;

/**
 * Creates row objects in JavaScript. better-sqlite3 sets each property from native code: a candle window or the points
 * of an equity curve then take 1.9 times as long (bench/row-objects.ts).
 */
export function withRowObjects(sqlite: SqliteConnection): SqliteDatabase {
  const readSchemaVersion = sqlite.prepare<[], number>('pragma schema_version').pluck();
  const schemaVersion = () => readSchemaVersion.get() as number;
  return {
    close: () => void sqlite.close(),
    prepare(sql) {
      const version = schemaVersion();
      const statement = sqlite.prepare(sql);
      if (!statement.reader) return statement as SqliteStatement;
      return rowReader(sqlite, statement.raw() as RowStatement, version, schemaVersion);
    },
  };
}

/** @param version of the schema before the statement was prepared */
function rowReader(
  sqlite: SqliteConnection,
  statement: RowStatement,
  version: number,
  schemaVersion: () => number,
): SqliteStatement {
  let known = { version, names: columnNames(statement) };
  return {
    reader: true,
    all(parameters) {
      const rows = statement.all([...parameters]);
      // After a change of the schema SQLite compiles the statement again, and `*` may stand for other columns.
      const current = schemaVersion();
      if (current !== known.version) known = { version: current, names: columnNames(statement) };
      return rows.map((values) => rowObject(known.names, values));
    },
    run: (parameters) => statement.run([...parameters]),
    *iterate(parameters) {
      // A new statement, since this one may be used again before the iteration ends.
      const own = sqlite.prepare(statement.source).raw() as RowStatement;
      let names: readonly string[] | undefined;
      for (const values of own.iterate([...parameters])) {
        names ??= columnNames(own);
        yield rowObject(names, values);
      }
    },
  };
}

function columnNames(statement: RowStatement): readonly string[] {
  return statement.columns().map(({ name }) => name);
}

function rowObject(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) row[names[index]!] = values[index];
  return row;
}
