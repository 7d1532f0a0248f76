import { existsSync } from 'node:fs';
import type { Database, OpenOptions, StoreLocation } from '../../db/connection.ts';
import { databaseFault } from '../../db/database-fault.ts';
import { openDatabase } from '../../db/open-database.ts';
import { PaperdeskError } from '../../errors.ts';

/** A store for people: without user and password. */
export function storeName(location: StoreLocation): string {
  if (location.kind === 'sqlite') return `file:${location.file}`;
  const { hostname, port, pathname } = new URL(location.url);
  return `postgres://${hostname}:${port || 5432}${pathname}`;
}

/**
 * Opens a store that no other process may use; with PostgreSQL the caller takes care of that.
 * @param instead what to do while a service runs, as a sentence
 * @throws PaperdeskError DATABASE_UNAVAILABLE when the store cannot be opened; STORE_UNUSABLE when it is none
 */
export async function openAlone(
  location: StoreLocation,
  instead: string,
  options: OpenOptions = {},
): Promise<Database> {
  const name = storeName(location);
  if (options.existing === true && location.kind === 'sqlite' && !existsSync(location.file)) {
    throw new PaperdeskError('STORE_UNUSABLE', `There is no store at ${name}.`);
  }
  try {
    return await openDatabase(location, location.kind === 'sqlite' ? { ...options, alone: true } : options);
  } catch (error) {
    if (error instanceof PaperdeskError)
      throw new PaperdeskError(error.code, `${name}: ${error.message}`, { cause: error });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const isInUse = location.kind === 'sqlite' && databaseFault(error) === 'busy';
    const sentence = isInUse
      ? `Another process has ${name} open. ${instead}`
      : `${name} cannot be opened: ${message || code}.`;
    throw new PaperdeskError('DATABASE_UNAVAILABLE', sentence, { cause: error });
  }
}
