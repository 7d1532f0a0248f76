import { openDatabase } from '../db/connection.ts';
import { type Access, createAccess } from './access.ts';
import { accessRepository } from './access-repository.ts';

/** What access needs of the settings. */
export interface AccessSettings {
  readonly databaseFile: string;
  readonly tokenTtlMs: number;
}

/** Opens the store for access alone, hands it to `use`, and closes the store again, whatever happens. */
export async function withAccess<T>(
  settings: AccessSettings,
  now: () => number,
  use: (access: Access) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(settings.databaseFile);
  try {
    return await use(
      createAccess({ repository: accessRepository(database), sessionMs: settings.tokenTtlMs, now }),
    );
  } finally {
    await database.destroy();
  }
}
