import type { Database, OpenOptions, StoreLocation } from '../../db/connection.ts';
import { databaseFault } from '../../db/database-fault.ts';
import { openDatabase } from '../../db/open-database.ts';
import { requireStoreFile, storeProblem } from '../../db/open-store.ts';
import { storeName } from '../../db/store-name.ts';
import { PaperdeskError } from '../../errors.ts';

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
  if (options.existing === true) requireStoreFile(location);
  try {
    return await openDatabase(location, location.kind === 'sqlite' ? { ...options, alone: true } : options);
  } catch (error) {
    const isInUse = location.kind === 'sqlite' && databaseFault(error) === 'busy';
    if (!isInUse) throw storeProblem(error, location, false);
    throw new PaperdeskError('DATABASE_UNAVAILABLE', `Another process has ${name} open. ${instead}`, {
      cause: error,
    });
  }
}
