import { existsSync } from 'node:fs';
import { PaperdeskError } from '../errors.ts';
import type { Database, OpenOptions, StoreLocation } from './connection.ts';
import { openDatabase } from './open-database.ts';
import { storeName } from './store-name.ts';

/** What to do, by the beginning of the code of Node, SQLite or PostgreSQL. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(SQLITE_BUSY|55P03)/,
    'Another process has it for itself, such as "paperdesk move-store"; try again when that has ended.',
  ],
  [/^(SQLITE_FULL|ENOSPC|EDQUOT|53100)/, 'Its disk is full; free some space.'],
  [
    /^(SQLITE_NOTADB|SQLITE_CORRUPT)/,
    'It is no SQLite file, or a damaged one; restore a backup, or set DATABASE_URL.',
  ],
  [
    /^(SQLITE_(CANTOPEN|READONLY|PERM|IOERR)|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|ELOOP)/,
    'The user of this process must be able to write the file and its folder: change their owner or mode, or set ' +
      'DATABASE_URL to another file.',
  ],
  [/^28/, 'Check user and password in DATABASE_URL.'],
  [/^3D000/, 'Create the database, or correct its name in DATABASE_URL.'],
  [/^42501/, 'The user in DATABASE_URL needs the right to create tables there.'],
  [/^E/, 'Start PostgreSQL there, or correct DATABASE_URL.'],
];

const START_OR_SET =
  'Start the service there once, or set DATABASE_URL (and PAPERDESK_HOME) as for the service.';

/**
 * Refuses an SQLite store whose file is not there.
 * @param instead what to do, as a sentence
 * @throws PaperdeskError STORE_UNUSABLE
 */
export function requireStoreFile(location: StoreLocation, instead = ''): void {
  if (location.kind !== 'sqlite' || location.file === ':memory:' || existsSync(location.file)) return;
  throw new PaperdeskError(
    'STORE_UNUSABLE',
    `There is no store at ${storeName(location)}. ${instead}`.trimEnd(),
  );
}

/**
 * Opens the store as `openDatabase` does, with errors for people.
 * @throws PaperdeskError DATABASE_UNAVAILABLE naming the store and what to do; STORE_UNUSABLE
 */
export async function openStore(location: StoreLocation, options: OpenOptions = {}): Promise<Database> {
  if (options.existing === true) requireStoreFile(location, START_OR_SET);
  try {
    return await openDatabase(location, options);
  } catch (error) {
    throw storeProblem(error, location);
  }
}

/**
 * The error for a store that cannot be opened; an error that says nothing about the store stays as it is.
 * @param isSetting whether DATABASE_URL names the store; then the sentence says what to do
 */
export function storeProblem(error: unknown, location: StoreLocation, isSetting = true): unknown {
  const name = storeName(location);
  if (error instanceof PaperdeskError) {
    return new PaperdeskError(error.code, `${name}: ${error.message}`, { cause: error });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const remedy = (isSetting && REMEDIES.find(([pattern]) => pattern.test(code))?.[1]) || '';
  const sentence = `${name} cannot be opened: ${message || code}. ${remedy}`.trimEnd();
  return new PaperdeskError('DATABASE_UNAVAILABLE', sentence, { cause: error });
}
