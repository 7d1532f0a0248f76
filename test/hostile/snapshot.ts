import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { CANARY } from './corpus/hostile-file.ts';

/** What the market writes by itself while anything else happens. */
const MARKET_TABLES = /candle|funding|gap|cursor|market|forecasts|sqlite_/;

/** Rows of every table and files of every folder below `folder`, as one text that can be compared. */
export function whatIsStored(folder: string, ignored = /sqlite|factor-models/): string {
  const database = new SqliteDatabase(join(folder, 'paperdesk.sqlite'), { readonly: true });
  try {
    const tables = database
      .prepare("select name from sqlite_master where type = 'table' order by name")
      .all();
    const rows = (tables as { name: string }[])
      .filter(({ name }) => !MARKET_TABLES.test(name))
      .map(
        ({ name }) =>
          `${name}: ${(database.prepare(`select count(*) as n from "${name}"`).get() as { n: number }).n}`,
      );
    return [...rows, ...filesBelow(folder).filter((line) => !ignored.test(line))].join('\n');
  } finally {
    database.close();
  }
}

/** Every file and folder with its size and time of change. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const stats = statSync(join(folder, name));
      return stats.isDirectory() ? `${name}/` : `${name} ${stats.size} ${stats.mtimeMs}`;
    })
    .sort();
}

/** Where a file that got its way would have left something; empty when none did. */
export function tracesOfExecution(): string[] {
  const files = [process.cwd(), PROJECT_ROOT, '/tmp']
    .map((folder) => join(folder, CANARY))
    .filter(existsSync);
  const globals = [globalThis, Object.prototype, Map.prototype, Array.prototype].filter((one) =>
    Object.keys(one).some((key) => key === CANARY || key === 'polluted'),
  );
  return [
    ...files,
    ...Object.keys(process.env).filter((name) => name.includes(CANARY)),
    ...globals.map(String),
  ];
}
