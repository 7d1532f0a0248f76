import { type DataTypeNode, PostgresDialect, PostgresQueryCompiler } from 'kysely';
import type { Pool } from 'pg';
import { withNamedStatements } from './named-statements.ts';

/**
 * The migrations name the types of SQLite, whose integers have 64 bits and whose real numbers have double precision. Text
 * is compared byte by byte as in SQLite, so that both engines answer in the same order.
 */
const TYPES: Readonly<Record<string, string>> = {
  integer: 'bigint',
  real: 'double precision',
  blob: 'bytea',
  text: 'text collate "C"',
};

class StoreQueryCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    this.append(TYPES[node.dataType] ?? node.dataType);
  }

  /** Text of PostgreSQL cannot have NULs. They come only from hostile requests, and such text matches nothing stored. */
  protected override addParameter(parameter: unknown): void {
    super.addParameter(Array.isArray(parameter) ? parameter.map(withoutNuls) : withoutNuls(parameter));
  }
}

function withoutNuls(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\0', '\uFFFD') : parameter;
}

/** Kysely's dialect for connections of `pool`. */
export function createPostgresDialect(pool: Pool): PostgresDialect {
  const dialect = new PostgresDialect({ pool: withNamedStatements(pool) });
  return Object.assign(dialect, { createQueryCompiler: () => new StoreQueryCompiler() });
}
