import type { Database } from '../db/connection.ts';
import { bumpRevision } from '../db/revisions.ts';
import { inTransaction } from '../db/transaction.ts';
import type { FeatureDrift } from './feature-drift.ts';

/** What a UTC day says about the features of a package. */
export interface DriftRow {
  /** Midnight at which the day began, ms. */
  readonly day: number;
  readonly features: readonly FeatureDrift[];
}

/** The rows of `feature_drift`. Every change bumps the revision of `drift`. */
export interface FeatureDriftRepository {
  /** The newest days of a package, in order of time. @param version only rows of it */
  newest(packageId: string, version: string, count: number): Promise<DriftRow[]>;
  /** The newest day of every package, whatever its version. */
  latest(): Promise<ReadonlyMap<string, DriftRow>>;
  /**
   * Stores days of a package; one that is stored already stays. Removes the rows of its other versions, and of all packages
   * those before `oldest` (ms).
   */
  store(packageId: string, version: string, rows: readonly DriftRow[], oldest: number): Promise<void>;
  /** Removes the rows of all packages but these. */
  keepOnly(packageIds: readonly string[]): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createFeatureDriftRepository(database: Database): FeatureDriftRepository {
  return {
    async newest(packageId, version, count) {
      const rows = await database
        .selectFrom('feature_drift')
        .select(['day', 'features'])
        .where('package_id', '=', packageId)
        .where('version', '=', version)
        .orderBy('day', 'desc')
        .limit(count)
        .execute();
      return rows.map(driftRowOf).reverse();
    },

    async latest() {
      const newest = database
        .selectFrom('feature_drift')
        .select(({ fn }) => ['package_id', fn.max('day').as('day')])
        .groupBy('package_id')
        .as('newest');
      const rows = await database
        .selectFrom('feature_drift as row')
        .innerJoin(newest, (join) =>
          join.onRef('newest.package_id', '=', 'row.package_id').onRef('newest.day', '=', 'row.day'),
        )
        .select(['row.package_id', 'row.day', 'row.features'])
        .execute();
      return new Map(rows.map((row) => [row.package_id, driftRowOf(row)]));
    },

    async store(packageId, version, rows, oldest) {
      await inTransaction(database, async (transaction) => {
        // First, so that two nodes take turns.
        await bumpRevision(transaction, 'drift');
        await transaction
          .deleteFrom('feature_drift')
          .where(({ or, and, eb }) =>
            or([
              eb('day', '<', oldest),
              and([eb('package_id', '=', packageId), eb('version', '!=', version)]),
            ]),
          )
          .execute();
        await transaction
          .insertInto('feature_drift')
          .values(
            rows.map(({ day, features }) => ({
              ...{ package_id: packageId, day, version },
              features: JSON.stringify(features),
            })),
          )
          .onConflict((conflict) => conflict.columns(['package_id', 'day']).doNothing())
          .execute();
      });
    },

    async keepOnly(packageIds) {
      // Almost always nothing is to be removed; then nothing is written.
      const stored = await database.selectFrom('feature_drift').select('package_id').distinct().execute();
      const gone = stored.map(({ package_id }) => package_id).filter((id) => !packageIds.includes(id));
      if (gone.length === 0) return;
      await inTransaction(database, async (transaction) => {
        await bumpRevision(transaction, 'drift');
        await transaction.deleteFrom('feature_drift').where('package_id', 'in', gone).execute();
      });
    },
  };
}

function driftRowOf({ day, features }: { readonly day: number; readonly features: string }): DriftRow {
  return { day, features: JSON.parse(features) as FeatureDrift[] };
}
