import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from '../../config.ts';
import { type Database, openDatabase } from '../../db/connection.ts';
import { PaperdeskError } from '../../errors.ts';
import { claimStore } from '../../market/store/store-source-repository.ts';

/** A command that was called wrongly; its usage is shown along with the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command on the store that the settings name, and ends the process: 0 when it did its work, 1 when it could
 * not, 2 when it was called wrongly. What went wrong is said in a sentence.
 */
export async function runOnStore(
  usage: string,
  work: (config: Config, database: Database) => Promise<void>,
): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(usage);
    return;
  }
  let database: Database | undefined;
  try {
    const config = readConfig(process.env, []);
    database = await openDatabase(config.databaseFile);
    await claimStore(database, { exchange: config.exchange, kind: config.marketSource });
    await work(config, database);
  } catch (error) {
    process.exitCode = sayWhatWentWrong(error, usage);
  } finally {
    await database?.destroy();
  }
}

function sayWhatWentWrong(error: unknown, usage: string): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  const told = error instanceof PaperdeskError || error instanceof ConfigError;
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  console.error(told || missing ? (error as Error).message : error);
  return 1;
}

/** Log lines of a command: warnings and worse, to standard error. */
export function commandLog() {
  return pino({ level: 'warn' }, pino.destination(2));
}

/**
 * The options of a command, all of which take a text.
 * @throws UsageError for one that is not known, or a required one that is missing
 */
export function readOptions<Required extends string, Optional extends string>(
  required: readonly Required[],
  optional: readonly Optional[],
  { files = false } = {},
): { options: Record<Required, string> & Partial<Record<Optional, string>>; files: string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: files,
      options: Object.fromEntries([...required, ...optional].map((name) => [name, { type: 'string' }])),
    });
    const missing = required.filter((name) => values[name] === undefined);
    if (missing.length > 0) throw new UsageError(`--${missing.join(' and --')} must be given.`);
    return {
      options: values as Record<Required, string> & Partial<Record<Optional, string>>,
      files: positionals,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

/** A day (its beginning, UTC) or an instant in ISO 8601, as ms. @throws UsageError */
export function timeOption(name: string, text: string): number {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;
  const time = form.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`--${name} ${text} is not a time: write 2024-01-31 or 2024-01-31T12:00Z.`);
  }
  return time;
}

/** Shows how far a long work has come: a bar on a terminal, a line now and then otherwise. */
export function createProgress(what: string, stream: NodeJS.WriteStream = process.stderr) {
  let shown = -1;
  return {
    show(done: number, total: number) {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      const words = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`;
      if (stream.isTTY) {
        const bar = '='.repeat(Math.floor(percent / 4)).padEnd(25, ' ');
        stream.write(`\r[${bar}] ${percent} %  ${words}  `);
      } else if (Math.floor(percent / 10) > shown) {
        stream.write(`${percent} %: ${words}\n`);
        shown = Math.floor(percent / 10);
      }
    },
    end() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}
