import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from '../../config.ts';
import type { Database, OpenOptions } from '../../db/connection.ts';
import { openStore } from '../../db/open-store.ts';
import { PaperdeskError } from '../../errors.ts';
import { claimStore, requireMarket } from '../../market/store/store-source-repository.ts';
import { errorForLog } from '../../runtime/error-for-log.ts';
import { keepNewFilesPrivate } from '../../runtime/private-files.ts';
import { BackupError } from '../../tools/backup/backup-manifest.ts';
import { LegacyFileError } from '../../tools/import-legacy/legacy-file-repository.ts';
import { MoveError } from '../../tools/move-store/move-error.ts';
import { UsageError } from './arguments.ts';

/** Errors whose message tells the operator what to do; of all others the stack is shown too. */
const EXPLAINED_ERRORS = [PaperdeskError, ConfigError, BackupError, LegacyFileError, MoveError];

/** Runs a command, or shows its usage for `--help`. The exit code is 1 if it fails, and 2 for wrong arguments. */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(usage);
    return;
  }
  keepNewFilesPrivate();
  try {
    await work();
  } catch (error) {
    const isExplained =
      EXPLAINED_ERRORS.some((type) => error instanceof type) ||
      (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
    else console.error(isExplained ? (error as Error).message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/**
 * Runs a command on the store of the settings, which must not hold another market.
 * @param work gets `claim`, to be called before it stores market data: it records the market of a new store
 * @param options whether there must be a store already
 */
export function runOnStore(
  usage: string,
  work: (config: Config, database: Database, claim: () => Promise<void>) => Promise<void>,
  options: Pick<OpenOptions, 'existing'> = {},
): Promise<void> {
  return runCommand(usage, async () => {
    const config = readConfig(process.env, []);
    const database = await openStore(config.store, options);
    const source = { exchange: config.exchange, kind: config.marketSource };
    try {
      await requireMarket(database, source);
      await work(config, database, () => claimStore(database, source));
    } finally {
      await database.destroy();
    }
  });
}

/** Log of a command: warnings and errors, to standard error. */
export function commandLog() {
  return pino({ level: 'warn', serializers: { err: errorForLog } }, pino.destination(2));
}
