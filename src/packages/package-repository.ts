import { LRUCache } from 'lru-cache';
import type { Database } from '../db/connection.ts';
import { bumpRevision } from '../db/revisions.ts';
import type { ModelPackageRow, NewModelPackageRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';
import { type Pipeline, pipelineOf } from '../pipeline/pipeline.ts';
import type { ProofResult } from '../pipeline/proof-result.ts';
import { type ModelPackage, versionOf } from './model-package.ts';
import { type PackageFile, type StoredFile, storedFile } from './stored-file.ts';
import type { Int8Trial } from './weight-choice.ts';

export type PackageUpdate = Partial<Omit<ModelPackageRow, 'id' | 'created_at'>>;

/** What a new package is compared with. */
export interface KnownPackage {
  readonly id: string;
  readonly files: readonly PackageFile[];
  readonly versionOf: string | null;
  readonly versionNumber: number;
}

/** The table of model packages. Every change bumps the revision of `packages`. */
export interface PackageRepository {
  /** Newest first. */
  list(): Promise<ModelPackage[]>;
  find(id: string): Promise<ModelPackage | undefined>;
  /**
   * Inserts the row that `createRow` returns while no other row can be inserted; `createRow` gets the ids in use and the
   * packages, oldest first, and may run again. When it throws, nothing is changed.
   */
  insert(
    createRow: (ids: ReadonlySet<string>, packages: readonly KnownPackage[]) => Promise<NewModelPackageRow>,
  ): Promise<ModelPackage>;
  /**
   * Inserts a row unless there is one with its id.
   * @returns whether it was inserted
   */
  insertMissing(row: NewModelPackageRow): Promise<boolean>;
  /**
   * Does nothing when there is no such package.
   * @param change may depend on the package, which is locked meanwhile; undefined leaves it as it is
   */
  update(
    id: string,
    change: PackageUpdate | ((current: ModelPackage) => PackageUpdate | undefined),
  ): Promise<void>;
  /**
   * Runs `before`, which may run again, and deletes the row and its aliases in one transaction.
   * @param before gets the package and its aliases, which are locked meanwhile; nothing is changed when it throws
   * @returns false if another node did so
   */
  remove(
    model: Pick<ModelPackage, 'id' | 'createdAt'>,
    before: (current: ModelPackage, aliases: readonly string[]) => Promise<void>,
  ): Promise<boolean>;
  /** Runs `work`, which may run again, with the ids in use while no row is inserted or deleted. */
  exclusively<T>(work: (ids: ReadonlySet<string>) => Promise<T>): Promise<T>;
}

export function createPackageRepository(database: Database): PackageRepository {
  /** Changes the table in a transaction; those of all nodes run one after the other. */
  const change = <T>(write: (transaction: Database) => Promise<T>): Promise<T> =>
    inTransaction(database, async (transaction) => {
      // First, because PostgreSQL then makes other changes wait for the row of the revision.
      await bumpRevision(transaction, 'packages');
      return write(transaction);
    });

  async function find(id: string, from: Database = database): Promise<ModelPackage | undefined> {
    const row = await from.selectFrom('model_packages').selectAll().where('id', '=', id).executeTakeFirst();
    return row && packageOfRow(row);
  }

  async function idsOf(transaction: Database): Promise<ReadonlySet<string>> {
    const rows = await transaction.selectFrom('model_packages').select('id').execute();
    return new Set(rows.map(({ id }) => id));
  }

  async function knownPackages(transaction: Database): Promise<KnownPackage[]> {
    const rows = await transaction
      .selectFrom('model_packages')
      .select(['id', 'files', 'version_of', 'version_number'])
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(({ id, files, version_of, version_number }) => ({
      ...{ id, versionOf: version_of, versionNumber: version_number },
      files: JSON.parse(files) as PackageFile[],
    }));
  }

  return {
    find: (id) => find(id),

    async list() {
      const rows = await database
        .selectFrom('model_packages')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.map(packageOfRow);
    },

    insert: (createRow) =>
      change(async (transaction) => {
        const packages = await knownPackages(transaction);
        const row = await createRow(new Set(packages.map(({ id }) => id)), packages);
        const insert = transaction.insertInto('model_packages').values(row).returningAll();
        return packageOfRow(await insert.executeTakeFirstOrThrow());
      }),

    insertMissing: (row) =>
      change(async (transaction) => {
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('model_packages')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      }),

    async update(id, values) {
      await change(async (transaction) => {
        const current = typeof values === 'function' ? await find(id, transaction) : undefined;
        const set = typeof values === 'function' ? current && values(current) : values;
        if (set !== undefined)
          await transaction.updateTable('model_packages').set(set).where('id', '=', id).execute();
      });
    },

    remove: ({ id, createdAt }, before) =>
      change(async (transaction) => {
        const current = await find(id, transaction);
        // A package that was uploaded under this id in the meantime is another one.
        if (current?.createdAt !== createdAt) return false;
        const aliases = await transaction
          .selectFrom('package_aliases')
          .select('alias')
          .where('package_id', '=', id)
          .orderBy('alias')
          .execute();
        await before(
          current,
          aliases.map(({ alias }) => alias),
        );
        await transaction.deleteFrom('package_aliases').where('package_id', '=', id).execute();
        await transaction.deleteFrom('model_packages').where('id', '=', id).execute();
        await passOn(transaction, 'same_files_as', id);
        await passOn(transaction, 'version_of', id);
        return true;
      }),

    exclusively: (work) => change(async (transaction) => work(await idsOf(transaction))),
  };
}

/** Where packages refer to a removed one, the oldest of them takes its place, because its id may be given again. */
async function passOn(
  transaction: Database,
  column: 'same_files_as' | 'version_of',
  removed: string,
): Promise<void> {
  const referring = transaction.selectFrom('model_packages').select('id').where(column, '=', removed);
  const heir = await referring.orderBy('created_at').orderBy('id').executeTakeFirst();
  if (heir === undefined) return;
  await transaction.updateTable('model_packages').set(column, heir.id).where(column, '=', removed).execute();
  await transaction.updateTable('model_packages').set(column, null).where('id', '=', heir.id).execute();
}

/** A package is read for every poll, and its manifest hardly ever changes. */
const pipelines = new LRUCache<string, { readonly manifest: PackageManifest; readonly pipeline: Pipeline }>({
  max: 1000,
});

function parseManifest(text: string): { readonly manifest: PackageManifest; readonly pipeline: Pipeline } {
  const known = pipelines.get(text);
  if (known !== undefined) return known;
  const manifest = JSON.parse(text) as PackageManifest;
  const parsed = { manifest, pipeline: pipelineOf(manifest) };
  pipelines.set(text, parsed);
  return parsed;
}

function packageOfRow(row: ModelPackageRow): ModelPackage {
  const files = JSON.parse(row.files) as PackageFile[];
  const trial = row.compact_trial === null ? undefined : (JSON.parse(row.compact_trial) as Int8Trial);
  const weights = trial?.used === true ? 'int8' : 'float32';
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    createdAt: row.created_at,
    forecast: storedFile(row.forecast_rel_path, files),
    policy: storedFile(row.ppo_rel_path, files),
    scaler: optionalFile(row.scaler_rel_path, files),
    vecNormalize: optionalFile(row.vec_normalize_rel_path, files),
    warmUpRequired: row.warmup_required === 1,
    warmUpStatus: row.warmup_status,
    warmUpCompletedAt: row.warmup_completed_at ?? undefined,
    warmUpError: row.warmup_error ?? undefined,
    notes: row.notes ?? undefined,
    tags: JSON.parse(row.tags) as string[],
    ...parseManifest(row.manifest),
    warnings: [...(JSON.parse(row.warnings) as string[]), ...warningOfSameFiles(row.same_files_as)],
    sameFilesAs: row.same_files_as ?? undefined,
    versionOf: row.version_of ?? undefined,
    versionNumber: row.version_number,
    proof: row.proof === null ? undefined : (JSON.parse(row.proof) as ProofResult),
    files,
    autoTrade: row.auto_trade === 1,
    trading: {
      asOf: row.auto_trade_as_of ?? undefined,
      problem: row.auto_trade_problem ?? undefined,
      problemSince: row.auto_trade_problem_since ?? undefined,
    },
    weightChoice: row.weights_wanted,
    int8Trial: trial,
    weights,
    version: versionOf(files, weights),
  };
}

function warningOfSameFiles(id: string | null): string[] {
  return id === null ? [] : [`It has the same files as ${id}.`];
}

function optionalFile(location: string | null, files: readonly PackageFile[]): StoredFile | undefined {
  return location === null ? undefined : storedFile(location, files);
}
