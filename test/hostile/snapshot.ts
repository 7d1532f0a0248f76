import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { CANARY } from './corpus/hostile-file.ts';

/** Market sync, and the daily statistics of features and trials, write these at any time, with their revisions. */
const BACKGROUND_TABLES = /candle|funding|gap|cursor|market|forecasts|drift|trials|revisions|sqlite_/;

/** Lists row counts of all tables and the files in a service's folder, as one text to be compared. */
export function listStored(folder: string, ignored = /sqlite|factor-models/): string {
  const database = new SqliteDatabase(join(folder, 'paperdesk.sqlite'), { readonly: true });
  try {
    const tables = database
      .prepare("select name from sqlite_master where type = 'table' order by name")
      .all();
    const rows = (tables as { name: string }[])
      .filter(({ name }) => !BACKGROUND_TABLES.test(name))
      .map(
        ({ name }) =>
          `${name}: ${(database.prepare(`select count(*) as n from "${name}"`).get() as { n: number }).n}`,
      );
    return [...rows, ...listFiles(folder).filter((line) => !ignored.test(line))].join('\n');
  } finally {
    database.close();
  }
}

/** Lists all files and folders below a folder, files with size and modification time. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const stats = statSync(join(folder, name));
      return stats.isDirectory() ? `${name}/` : `${name} ${stats.size} ${stats.mtimeMs}`;
    })
    .sort();
}

/** Lists what code in a hostile file would have left behind; empty when none was executed. */
export function tracesOfExecution(): string[] {
  const files = [process.cwd(), PROJECT_ROOT, '/tmp']
    .map((folder) => join(folder, CANARY))
    .filter(existsSync);
  const globals = [globalThis, Object.prototype, Map.prototype, Array.prototype].filter((object) =>
    Object.keys(object).some((key) => key === CANARY || key === 'polluted'),
  );
  return [
    ...files,
    ...Object.keys(process.env).filter((name) => name.includes(CANARY)),
    ...globals.map(String),
  ];
}
