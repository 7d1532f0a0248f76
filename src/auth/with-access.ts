import type { OpenOptions, StoreLocation } from '../db/connection.ts';
import { requireMoved } from '../db/move-mark.ts';
import { openStore } from '../db/open-store.ts';
import { type Access, createAccess } from './access.ts';
import { createAccessRepository } from './access-repository.ts';
import { createFailureRepository } from './failure-repository.ts';

/** The settings that access needs. */
export interface AccessSettings {
  readonly store: StoreLocation;
  readonly tokenTtlMs: number;
}

/**
 * Opens the store for `use`, and closes it again also when `use` fails.
 * @throws PaperdeskError DATABASE_UNAVAILABLE or STORE_UNUSABLE when it cannot be opened
 */
export async function withAccess<T>(
  { store, tokenTtlMs }: AccessSettings,
  now: () => number,
  use: (access: Access) => Promise<T>,
  options: Pick<OpenOptions, 'existing'> = {},
): Promise<T> {
  const database = await openStore(store, options);
  try {
    await requireMoved(database);
    return await use(
      createAccess({
        repository: createAccessRepository(database),
        failures: createFailureRepository(database),
        sessionMs: tokenTtlMs,
        now,
      }),
    );
  } finally {
    await database.destroy();
  }
}
