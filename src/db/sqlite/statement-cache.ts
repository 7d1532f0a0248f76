import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { LRUCache } from 'lru-cache';

/** The service uses about a hundred statements. */
const MAX_STATEMENTS = 200;
/** Longer statements insert many rows; their text differs with the number of rows. */
const MAX_SQL_LENGTH = 2000;

/** Other statements change the schema, or do their work while they are compiled, as most pragmas do. */
const CACHEABLE = /^\s*(select|with|insert|update|delete|begin|commit|savepoint|release)\b/i;

/** Compiles each statement once: the read that every poll begins with takes a third of the time (bench/row-objects.ts). */
export function withStatementCache(database: SqliteDatabase): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({ max: MAX_STATEMENTS });
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql);
      // The other statements may have other columns now.
      if (!CACHEABLE.test(sql)) statements.clear();
      else if (sql.length <= MAX_SQL_LENGTH) statements.set(sql, statement);
      return statement;
    },
  };
}
