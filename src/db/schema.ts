import { type Kysely, sql } from 'kysely';
import { isPostgres } from './engine.ts';

export type ColumnKind = 'integer' | 'real' | 'text' | 'bytes';

/** A table as the database itself describes it. */
export interface TableSchema {
  readonly name: string;
  /** By name; the kind of a type that migrations do not use is undefined. */
  readonly columns: ReadonlyMap<string, ColumnKind | undefined>;
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** The names of the types in migrations on both engines (postgres/postgres-dialect.ts). */
const KINDS: Readonly<Record<string, ColumnKind>> = {
  integer: 'integer',
  bigint: 'integer',
  real: 'real',
  'double precision': 'real',
  text: 'text',
  blob: 'bytes',
  bytea: 'bytes',
};

interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Its place in the primary key, from 1; otherwise 0. */
  readonly key: number;
}

/** Tables by name, each with its columns in order of their names. On PostgreSQL: those of the connection's schema. */
export async function readSchema<T>(database: Kysely<T>): Promise<ReadonlyMap<string, TableSchema>> {
  const { rows } = await (isPostgres(database) ? POSTGRES : SQLITE).execute(database);
  const names = new Set(rows.map(({ table }) => table));
  return new Map(
    [...names].map((name) => [
      name,
      tableOf(
        name,
        rows.filter(({ table }) => table === name),
      ),
    ]),
  );
}

function tableOf(name: string, rows: readonly ColumnRow[]): TableSchema {
  const inKey = rows.filter(({ key }) => key > 0).sort((a, b) => a.key - b.key);
  return {
    name,
    columns: new Map(rows.map(({ column, type }) => [column, KINDS[type.toLowerCase()]])),
    key: inKey.map(({ column }) => column),
  };
}

const SQLITE = sql<ColumnRow>`
  select t.name as "table", c.name as "column", c.type as type, c.pk as "key"
  from sqlite_master t join pragma_table_info(t.name) c
  where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
  order by t.name, c.name`;

const POSTGRES = sql<ColumnRow>`
  select t.relname::text as "table", c.attname::text as "column", format_type(c.atttypid, null) as type,
    coalesce(array_position(k.indkey::smallint[], c.attnum) + 1, 0) as "key"
  from pg_class t
    join pg_attribute c on c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped
    left join pg_index k on k.indrelid = t.oid and k.indisprimary
  where t.relkind in ('r', 'p') and t.relnamespace = current_schema()::regnamespace
  order by t.relname::text collate "C", c.attname::text collate "C"`;
