import type { Database } from '../../db/connection.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import type { PackageStore } from '../../packages/package-store.ts';
import type { PackageRegistry } from '../../packages/registry.ts';
import { countOrphans, importAccounts } from './import-accounts.ts';
import { importPackages } from './import-packages.ts';
import { type LegacyFile, LegacyFileError } from './legacy-file-repository.ts';
import type { FileRules } from './legacy-files.ts';
import type { LegacyRow } from './legacy-values.ts';
import { createOldEpochRepository } from './old-epoch-repository.ts';
import type { ImportReport } from './report.ts';

/** The files of the old system; undefined for one that is not imported. */
export interface LegacySources {
  readonly registry: LegacyFile | undefined;
  readonly paper: LegacyFile | undefined;
}

export interface LegacyImportParts {
  readonly database: Database;
  readonly registry: PackageRegistry;
  readonly store: PackageStore;
  readonly files: FileRules;
  readonly newId: () => string;
  readonly now: () => number;
  readonly dryRun: boolean;
}

/**
 * Imports packages and accounts of the old system. Another run imports only what is still missing.
 * @throws LegacyFileError before anything is stored when a table is missing; DISK_FULL, STORE_READ_ONLY
 */
export async function importLegacy(sources: LegacySources, parts: LegacyImportParts): Promise<ImportReport> {
  const oldPackages = tableOf(sources.registry, 'model_packages');
  const oldAccounts = tableOf(sources.paper, 'paper_accounts');
  const oldPositions = tableOf(sources.paper, 'paper_positions');
  const { database, dryRun, now } = parts;
  const repository = createOldEpochRepository(database);

  const packages = await importPackages(oldPackages, {
    ...parts,
    isAwaited: async (id) => (await repository.find(accountIdOf(id))).state === 'with old epoch',
  });
  const packageIds = new Map(
    packages.flatMap(({ old_id, id }) => (id === null ? [] : [[old_id, id] as const])),
  );
  const accounts = await importAccounts(oldAccounts, oldPositions, { repository, packageIds, now, dryRun });
  const orphans = countOrphans(oldAccounts, oldPositions);
  return {
    dry_run: dryRun,
    packages,
    accounts,
    notes: orphans === 0 ? [] : [`${orphans} positions belong to no account and are not taken.`],
  };
}

function tableOf(file: LegacyFile | undefined, table: string): readonly LegacyRow[] {
  if (file === undefined) return [];
  const rows = file.rows(table);
  if (rows === undefined)
    throw new LegacyFileError(`There is no table ${table} in ${file.path}; is it the right file?`);
  return rows;
}
