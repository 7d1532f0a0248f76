import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createAccountRepository } from '../accounts/account-repository.ts';
import { packageAccounts } from '../accounts/package-accounts.ts';
import { readConfig } from '../config.ts';
import type { Database } from '../db/connection.ts';
import { openDatabase } from '../db/open-database.ts';
import { claimStore, requireMarket } from '../market/store/store-source-repository.ts';
import { createFolderStore } from '../packages/folder-store.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { packageRows } from '../packages/package-rows.ts';
import { createPackageRegistry } from '../packages/registry.ts';
import { seedDefaultPackage } from '../packages/seed-default-package.ts';
import { MODELS_FOLDER } from '../services/models-folder.ts';
import type { BackupPaths } from '../tools/backup/create-backup.ts';
import { importLegacy } from '../tools/import-legacy/import-legacy.ts';
import { type LegacyFile, openLegacyFile } from '../tools/import-legacy/legacy-file-repository.ts';
import { reportText } from '../tools/import-legacy/report.ts';
import { readArguments, UsageError } from './shared/arguments.ts';
import { embeddedStore } from './shared/embedded-store.ts';
import { runCommand } from './shared/run-command.ts';
import { openAlone } from './shared/store-end.ts';

const USAGE = `paperdesk import-legacy --registry FILE --paper FILE [--files DIR] [--dry-run] [--json]

Imports the packages (table model_packages) and the paper accounts (paper_accounts, paper_positions) of the system
that this one replaces. Its SQLite files are only read. --files is its folder, to which the paths of packages are
relative (by default the folder of the registry file). Stop the service first; --dry-run works while it runs.`;

/** @throws PaperdeskError DATABASE_UNAVAILABLE when another process has the store open */
async function openStore({ databaseFile }: BackupPaths, dryRun: boolean): Promise<Database> {
  const instead = 'Stop the service, then try again; --dry-run works beside it.';
  if (!dryRun) return openAlone({ kind: 'sqlite', file: databaseFile }, instead);
  // A dry run creates no store.
  return openDatabase({ kind: 'sqlite', file: existsSync(databaseFile) ? databaseFile : ':memory:' });
}

await runCommand(USAGE, async () => {
  const { options } = readArguments({ optional: ['registry', 'paper', 'files'], flags: ['dry-run', 'json'] });
  const { registry, paper, files = dirname(registry ?? '.'), 'dry-run': dryRun, json } = options;
  if (registry === undefined && paper === undefined)
    throw new UsageError('--registry or --paper must be given.');
  const config = readConfig(process.env, []);
  const paths = embeddedStore(
    config,
    'Import into a file and a folder, then move both with "paperdesk move-store".',
  );
  const opened: LegacyFile[] = [];
  const open = async (path: string | undefined) => {
    if (path === undefined) return undefined;
    const file = await openLegacyFile(resolve(path));
    opened.push(file);
    return file;
  };
  let database: Database | undefined;
  try {
    const sources = { registry: await open(registry), paper: await open(paper) };
    database = await openStore(paths, dryRun);
    const source = { exchange: config.exchange, kind: config.marketSource };
    await requireMarket(database, source);
    if (!dryRun) await claimStore(database, source);
    const now = Date.now;
    const store = createFolderStore(paths.packagesDir);
    const repository = createPackageRepository(database);
    const accounts = packageAccounts(createAccountRepository(database));
    // The folders that an interrupted import left would occupy the ids of its packages.
    if (!dryRun) await store.tidy(packageRows(repository));
    // So that an old default package is recognized as the one that every store has.
    await seedDefaultPackage({ repository, modelsFolder: MODELS_FOLDER, now });
    const report = await importLegacy(sources, {
      database,
      registry: createPackageRegistry({
        repository,
        store,
        accounts,
        prove: noProof,
        requireTrading: async () => {},
        now,
      }),
      store,
      files: { root: resolve(files), maxBytes: config.uploadMaxBytes },
      newId: randomUUID,
      now,
      dryRun,
    });
    console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
  } finally {
    await database?.destroy();
    for (const file of opened) await file.close();
  }
});

/** The old system has no proofs. */
function noProof(): never {
  throw new Error('A package of the old system has no proof.');
}
