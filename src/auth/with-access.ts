import type { StoreLocation } from '../db/connection.ts';
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

/** Opens the store for `use`, and closes it again also when `use` fails. */
export async function withAccess<T>(
  { store, tokenTtlMs }: AccessSettings,
  now: () => number,
  use: (access: Access) => Promise<T>,
): Promise<T> {
  const database = await openStore(store);
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
