import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { LegacyRow } from './legacy-values.ts';

/** An old file that cannot be read; the message says which and why. */
export class LegacyFileError extends Error {
  override readonly name = 'LegacyFileError';
}

/** One of the old system's SQLite files. It is read from a copy: the file itself is neither changed nor locked. */
export interface LegacyFile {
  readonly path: string;
  /** All rows of a table with lower-case column names; undefined where there is no such table. @throws LegacyFileError */
  rows(table: string): readonly LegacyRow[] | undefined;
  close(): Promise<void>;
}

const HEADER = 'SQLite format 3\0';
/** What a process that writes leaves beside the file; without it the newest rows would be missing. */
const BESIDE = ['', '-wal', '-journal'] as const;
const MOST_ROWS = 500_000;
/** Longer texts are cut here; whoever reads them refuses them. */
const LONGEST_TEXT = 20_000;

/** @throws LegacyFileError when it is not there, not an SQLite file, damaged, or being written to */
export async function openLegacyFile(path: string): Promise<LegacyFile> {
  await requireSqlite(path);
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-legacy-'));
  try {
    const copy = join(folder, 'copy.sqlite');
    await copyStill(path, copy);
    const sqlite = openCopy(copy, path);
    return {
      path,
      rows: (table) => guarded(path, () => rowsOf(sqlite, path, table)),
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
      throw new LegacyFileError(`${path} is not an SQLite file: its first 16 bytes say something else.`);
  } finally {
    await handle.close();
  }
}

/** Copies the file with what stands beside it. @throws LegacyFileError when any of that changes meanwhile */
async function copyStill(path: string, copy: string): Promise<void> {
  const before = await stateOf(path);
  for (const ending of BESIDE) {
    await copyFile(path + ending, copy + ending).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || ending === '') throw error;
    });
  }
  if ((await stateOf(path)) !== before)
    throw new LegacyFileError(`${path} is being written to; stop the old system, then try again.`);
}

async function stateOf(path: string): Promise<string> {
  const states = BESIDE.map(async (ending) => {
    const found = await stat(path + ending, { bigint: true }).catch(() => undefined);
    return found === undefined ? 'none' : `${found.size} ${found.mtimeNs}`;
  });
  return (await Promise.all(states)).join(', ');
}

function openCopy(copy: string, path: string): SqliteDatabase.Database {
  const sqlite = new SqliteDatabase(copy);
  try {
    guarded(path, () => {
      // The schema is as foreign as the rows are.
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

function rowsOf(sqlite: SqliteDatabase.Database, path: string, table: string): LegacyRow[] | undefined {
  const entry = sqlite
    .prepare('select name, type, sql from sqlite_master where lower(name) = ? order by type')
    .get(table) as { name: string; type: string; sql: string } | undefined;
  if (entry === undefined) return undefined;
  // A view, or a virtual table, runs what it says when it is read.
  if (entry.type !== 'table' || /^\s*create\s+virtual/i.test(entry.sql))
    throw new LegacyFileError(`${table} in ${path} is not a plain table.`);
  // Without generated columns, which also run what they say.
  const columns = sqlite.pragma(`table_info(${quoted(entry.name)})`) as { name: string }[];
  const selected = columns.map(({ name }) => {
    const column = quoted(name);
    const value = `case typeof(${column}) when 'text' then substr(${column}, 1, ${LONGEST_TEXT + 1}) when 'blob' then null else ${column} end`;
    return `${value} as ${quoted(name.toLowerCase())}`;
  });
  const rows = sqlite
    .prepare(`select ${selected.join(', ')} from ${quoted(entry.name)} limit ${MOST_ROWS + 1}`)
    .all() as LegacyRow[];
  if (rows.length > MOST_ROWS)
    throw new LegacyFileError(`${table} in ${path} has more than ${MOST_ROWS} rows.`);
  return rows;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Puts what SQLite says of a file into a sentence that names the file. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError)
      throw new LegacyFileError(`${path} cannot be read: ${error.message} (${error.code}).`);
    throw error;
  }
}
