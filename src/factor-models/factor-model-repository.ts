import type { Kysely } from 'kysely';
import type { Row, Tables } from '../db/tables.ts';

export type FactorModelRow = Row<'factor_models'>;

/** The rows of `factor_models`. */
export type FactorModelRepository = ReturnType<typeof createFactorModelRepository>;

export function createFactorModelRepository(database: Kysely<Tables>) {
  return {
    /** Sorted by name. */
    list(): Promise<FactorModelRow[]> {
      return database.selectFrom('factor_models').selectAll().orderBy('model_name').execute();
    },

    /** Inserts a model, or changes the root of the model of that name. */
    save(name: string, root: string, now: number): Promise<FactorModelRow> {
      return database
        .insertInto('factor_models')
        .values({ model_name: name, root_path: root, created_at: now, updated_at: now })
        .onConflict((conflict) =>
          conflict.column('model_name').doUpdateSet({ root_path: root, updated_at: now }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    async remove(name: string): Promise<void> {
      await database.deleteFrom('factor_models').where('model_name', '=', name).execute();
    },
  };
}
