import type { Kysely, Selectable } from 'kysely';
import type { FactorModelsTable, Tables } from '../db/tables.ts';

export type FactorModelRow = Selectable<FactorModelsTable>;

/** The rows of `factor_models`. */
export interface FactorModelRepository {
  /** By name. */
  list(): Promise<FactorModelRow[]>;
  /** Inserts, or gives a model of that name another root. */
  save(name: string, root: string, now: number): Promise<FactorModelRow>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
}

/** @param database the open store */
export function factorModelRepository(database: Kysely<Tables>): FactorModelRepository {
  return {
    list() {
      return database.selectFrom('factor_models').selectAll().orderBy('model_name').execute();
    },

    save(name, root, now) {
      return database
        .insertInto('factor_models')
        .values({ model_name: name, root_path: root, created_at: now, updated_at: now })
        .onConflict((conflict) =>
          conflict.column('model_name').doUpdateSet({ root_path: root, updated_at: now }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    async remove(name) {
      const { numDeletedRows } = await database
        .deleteFrom('factor_models')
        .where('model_name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
