import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteConnection, SqliteDatabase } from '../../db/sqlite/sqlite-library.ts';
import type { LegacyRow } from './legacy-values.ts';

/** A file of the old system cannot be read; the message says which and why. */
export class LegacyFileError extends Error {
  override readonly name = 'LegacyFileError';
}

/** An SQLite file of the old system, read from a copy: the file itself is neither changed nor locked. */
export interface LegacyFile {
  readonly path: string;
  /** All rows of a table with lower-case column names; undefined where there is no such table. @throws LegacyFileError */
  rows(table: string): readonly LegacyRow[] | undefined;
  close(): Promise<void>;
}

const HEADER = 'SQLite format 3\0';
/** Files next to a file that a process is writing, which have the newest rows. */
const SUFFIXES = ['', '-wal', '-journal'] as const;
const MAX_ROWS = 500_000;
/** Longer texts are cut here, and their readers refuse them. */
const MAX_TEXT_LENGTH = 20_000;

/** @throws LegacyFileError when the file is missing, damaged, being written, or not an SQLite file */
export async function openLegacyFile(path: string): Promise<LegacyFile> {
  await requireSqlite(path);
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-legacy-'));
  try {
    const copy = join(folder, 'copy.sqlite');
    await copyUnchanged(path, copy);
    const sqlite = openCopy(copy, path);
    return {
      path,
      rows: (table) => withFileName(path, () => rowsOf(sqlite, path, table)),
      async close() {
        sqlite.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function requireSqlite(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new LegacyFileError(`There is no file ${path}.`);
  if (!found.isFile()) throw new LegacyFileError(`${path} is not a file.`);
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
    if (buffer.toString('latin1', 0, bytesRead) !== HEADER)
      throw new LegacyFileError(`${path} is not an SQLite file: its first 16 bytes are different.`);
  } finally {
    await handle.close();
  }
}

/** Copies the file and those next to it. @throws LegacyFileError when one of them changes meanwhile */
async function copyUnchanged(path: string, copy: string): Promise<void> {
  const before = await stateOf(path);
  for (const ending of SUFFIXES) {
    await copyFile(path + ending, copy + ending).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || ending === '') throw error;
    });
  }
  if ((await stateOf(path)) !== before)
    throw new LegacyFileError(`${path} is being written to; stop the old system, then try again.`);
}

async function stateOf(path: string): Promise<string> {
  const states = SUFFIXES.map(async (ending) => {
    const found = await stat(path + ending, { bigint: true }).catch(() => undefined);
    return found === undefined ? 'none' : `${found.size} ${found.mtimeNs}`;
  });
  return (await Promise.all(states)).join(', ');
}

function openCopy(copy: string, path: string): SqliteConnection {
  const sqlite = new SqliteDatabase(copy);
  try {
    withFileName(path, () => {
      // The schema is not trusted either.
      sqlite.pragma('trusted_schema = OFF');
      sqlite.pragma('cell_size_check = ON');
      const [state] = sqlite.pragma('quick_check(1)') as { quick_check: string }[];
      if (state?.quick_check !== 'ok')
        throw new LegacyFileError(`${path} is damaged: ${String(state?.quick_check).slice(0, 200)}.`);
    });
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function rowsOf(sqlite: SqliteConnection, path: string, table: string): LegacyRow[] | undefined {
  const entry = sqlite
    .prepare('select name, type, sql from sqlite_master where lower(name) = ? order by type')
    .get(table) as { name: string; type: string; sql: string } | undefined;
  if (entry === undefined) return undefined;
  // Reading a view or a virtual table runs code of the file.
  if (entry.type !== 'table' || /^\s*create\s+virtual/i.test(entry.sql))
    throw new LegacyFileError(`${table} in ${path} is not a plain table.`);
  // table_info omits generated columns, which run code of the file too.
  const columns = sqlite.pragma(`table_info(${quoted(entry.name)})`) as { name: string }[];
  const selected = columns.map(({ name }) => {
    const column = quoted(name);
    const value = `case typeof(${column}) when 'text' then substr(${column}, 1, ${MAX_TEXT_LENGTH + 1}) when 'blob' then null else ${column} end`;
    return `${value} as ${quoted(name.toLowerCase())}`;
  });
  const rows = sqlite
    .prepare(`select ${selected.join(', ')} from ${quoted(entry.name)} limit ${MAX_ROWS + 1}`)
    .all() as LegacyRow[];
  if (rows.length > MAX_ROWS)
    throw new LegacyFileError(`${table} in ${path} has more than ${MAX_ROWS} rows.`);
  return rows;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Turns errors of SQLite into a sentence with the file's name. */
function withFileName<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError)
      throw new LegacyFileError(`${path} cannot be read: ${error.message} (${error.code}).`);
    throw error;
  }
}
