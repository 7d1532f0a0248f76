import type { Database } from '../db/connection.ts';
import { bumpRevision } from '../db/revisions.ts';
import type { ModelPackageRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';

/** A name that means a package and can be moved to another one. */
export interface PackageAlias {
  readonly alias: string;
  readonly packageId: string;
  /** ms since the epoch. */
  readonly movedAt: number;
}

/** What a change of an alias is decided on; it is locked meanwhile. */
export interface AliasState {
  /** The package that the alias means now; null if there is no such alias. */
  readonly current: string | null;
  /** The package that it is to mean; null if there is none, or the alias is removed. */
  readonly target: Pick<ModelPackageRow, 'id' | 'status'> | null;
}

/** The table of aliases. Every change bumps the revision of `packages`. */
export interface AliasRepository {
  /** In alphabetical order. */
  list(): Promise<PackageAlias[]>;
  find(alias: string): Promise<string | undefined>;
  /**
   * Moves an alias, or removes it without a package.
   * @param check may run again; nothing is changed when it throws
   * @returns the package that it meant before; null if there was none
   */
  move(
    alias: string,
    to: { readonly packageId: string; readonly movedAt: number } | null,
    check: (state: AliasState) => void,
  ): Promise<string | null>;
}

export function createAliasRepository(database: Database): AliasRepository {
  async function find(alias: string, from: Database = database): Promise<string | undefined> {
    const query = from.selectFrom('package_aliases').select('package_id').where('alias', '=', alias);
    return (await query.executeTakeFirst())?.package_id;
  }

  return {
    find: (alias) => find(alias),

    async list() {
      const rows = await database.selectFrom('package_aliases').selectAll().orderBy('alias').execute();
      return rows.map(({ alias, package_id, moved_at }) => ({
        ...{ alias, packageId: package_id, movedAt: moved_at },
      }));
    },

    move: (alias, to, check) =>
      inTransaction(database, async (transaction) => {
        // First: changes of packages and aliases take turns, on all nodes.
        await bumpRevision(transaction, 'packages');
        const current = (await find(alias, transaction)) ?? null;
        const target = to && (await statusOf(transaction, to.packageId));
        check({ current, target });
        if (to === null) await transaction.deleteFrom('package_aliases').where('alias', '=', alias).execute();
        else {
          const values = { package_id: to.packageId, moved_at: to.movedAt };
          await transaction
            .insertInto('package_aliases')
            .values({ alias, ...values })
            .onConflict((conflict) => conflict.column('alias').doUpdateSet(values))
            .execute();
        }
        return current;
      }),
  };
}

async function statusOf(transaction: Database, packageId: string): Promise<AliasState['target']> {
  const query = transaction.selectFrom('model_packages').select(['id', 'status']).where('id', '=', packageId);
  return (await query.executeTakeFirst()) ?? null;
}
