import type BetterSqlite from 'better-sqlite3';

/** From here on the headers of Node break version 12 where npm compiles it; Node 20 cannot run version 13. */
const FIRST_NODE_FOR_NODE_API = 24;

const major = Number(process.versions.node.split('.')[0]);

/** The package that this version of Node uses. */
export const SQLITE_LIBRARY = major < FIRST_NODE_FOR_NODE_API ? 'better-sqlite3' : 'better-sqlite3-napi';

/** better-sqlite3: version 12 on Node 20 and 22, version 13, which needs no compiler, on later ones. */
export const SqliteDatabase = await loadLibrary();

/** A connection to a file of SQLite. */
export type SqliteConnection = BetterSqlite.Database;

/** A compiled statement of a connection. */
export type CompiledStatement<Values extends unknown[] = unknown[], Row = unknown> = BetterSqlite.Statement<
  Values,
  Row
>;

async function loadLibrary(): Promise<typeof BetterSqlite> {
  const { default: library } =
    SQLITE_LIBRARY === 'better-sqlite3'
      ? await import('better-sqlite3')
      : await import('better-sqlite3-napi');
  return library;
}
