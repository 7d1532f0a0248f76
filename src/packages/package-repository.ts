import type { Kysely } from 'kysely';
import type { ModelPackageRow, NewModelPackageRow, Tables } from '../db/tables.ts';

export type PackageStatus = ModelPackageRow['status'];
export type WarmUpStatus = ModelPackageRow['warmup_status'];
export type PackageRow = ModelPackageRow;

/** The rows of `model_packages`. */
export interface PackageRepository {
  /** Newest first. */
  list(): Promise<PackageRow[]>;
  find(id: string): Promise<PackageRow | undefined>;
  /**
   * Inserts a row whose id is decided by `make` while nobody else can insert one; `make` gets the ids that are taken.
   * What `make` throws undoes everything.
   */
  insert(make: (taken: ReadonlySet<string>) => Promise<NewModelPackageRow>): Promise<PackageRow>;
  update(id: string, change: Partial<Omit<PackageRow, 'id' | 'created_at'>>): Promise<void>;
  remove(id: string): Promise<void>;
}

/** @param database the open store */
export function packageRepository(database: Kysely<Tables>): PackageRepository {
  return {
    list() {
      return database
        .selectFrom('model_packages')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
    },

    find(id) {
      return database.selectFrom('model_packages').selectAll().where('id', '=', id).executeTakeFirst();
    },

    insert(make) {
      return database.transaction().execute(async (transaction) => {
        const rows = await transaction.selectFrom('model_packages').select('id').execute();
        const row = await make(new Set(rows.map(({ id }) => id)));
        return transaction.insertInto('model_packages').values(row).returningAll().executeTakeFirstOrThrow();
      });
    },

    async update(id, change) {
      await database.updateTable('model_packages').set(change).where('id', '=', id).execute();
    },

    async remove(id) {
      await database.deleteFrom('model_packages').where('id', '=', id).execute();
    },
  };
}
