import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createAccountRepository } from '../accounts/account-repository.ts';
import { packageAccounts } from '../accounts/package-accounts.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/connection.ts';
import { PaperdeskError } from '../errors.ts';
import { claimStore } from '../market/store/store-source-repository.ts';
import { createPackageFolders } from '../packages/package-folders.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { createPackageRegistry } from '../packages/registry.ts';
import { seedDefaultPackage } from '../packages/seed-default-package.ts';
import { PROJECT_ROOT } from '../runtime/project-root.ts';
import { importLegacy } from '../tools/import-legacy/import-legacy.ts';
import {
  type LegacyFile,
  LegacyFileError,
  openLegacyFile,
} from '../tools/import-legacy/legacy-file-repository.ts';
import { type ImportReport, reportText } from '../tools/import-legacy/report.ts';
import { UsageError } from './shared/command-line.ts';

const USAGE = `npm run import-legacy -- --registry FILE --paper FILE [--files DIR] [--dry-run] [--json]

Takes over the packages (table model_packages) and the paper accounts (paper_accounts, paper_positions) of the system
that this one replaces. Its SQLite files are only read. --files is its folder, which the paths of packages start from
(by default the folder of the registry file). Stop the service first; --dry-run may be tried beside it.`;

interface Options {
  readonly registry: string | undefined;
  readonly paper: string | undefined;
  readonly files: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** @throws UsageError */
function readOptions(): Options {
  let values: Record<string, string | boolean | undefined>;
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    ({ values } = parseArgs({
      options: { registry: text, paper: text, files: text, 'dry-run': flag, json: flag },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { registry, paper, files } = values as Record<string, string | undefined>;
  if (registry === undefined && paper === undefined)
    throw new UsageError('--registry or --paper must be given.');
  return {
    registry: registry && resolve(registry),
    paper: paper && resolve(paper),
    files: resolve(files ?? dirname(registry ?? '.')),
    dryRun: values['dry-run'] === true,
    json: values.json === true,
  };
}

/** @throws PaperdeskError DATABASE_UNAVAILABLE when another process has the store open */
async function openStore(config: Config, dryRun: boolean): Promise<Database> {
  // A trial leaves no store behind where there is none.
  if (dryRun) return openDatabase(existsSync(config.databaseFile) ? config.databaseFile : ':memory:');
  try {
    return await openDatabase(config.databaseFile, { alone: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'SQLITE_BUSY') throw error;
    throw new PaperdeskError(
      'DATABASE_UNAVAILABLE',
      `Another process has ${config.databaseFile} open. Stop the service, then try again; --dry-run works beside it.`,
    );
  }
}

async function run(options: Options): Promise<ImportReport> {
  const config = readConfig(process.env, []);
  const opened: LegacyFile[] = [];
  const open = async (path: string | undefined) => {
    if (path === undefined) return undefined;
    const file = await openLegacyFile(path);
    opened.push(file);
    return file;
  };
  let database: Database | undefined;
  try {
    const sources = { registry: await open(options.registry), paper: await open(options.paper) };
    database = await openStore(config, options.dryRun);
    await claimStore(database, { exchange: config.exchange, kind: config.marketSource });
    const now = Date.now;
    const folders = createPackageFolders(config.packagesDir);
    const repository = createPackageRepository(database);
    const accounts = packageAccounts(createAccountRepository(database));
    if (!options.dryRun) {
      // What an import that was killed left would keep the ids that it was to get.
      const registered = new Set((await repository.list()).map(({ id }) => id));
      await folders.removeLeftovers((id) => registered.has(id));
    }
    // So that an old default package meets the one that every store has.
    await seedDefaultPackage({ repository, modelsFolder: join(PROJECT_ROOT, 'models'), now });
    return await importLegacy(sources, {
      database,
      registry: createPackageRegistry({ repository, folders, accounts, now }),
      folders,
      files: { root: options.files, maxBytes: config.uploadMaxBytes },
      newId: randomUUID,
      now,
      dryRun: options.dryRun,
    });
  } finally {
    await database?.destroy();
    for (const file of opened) await file.close();
  }
}

try {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
  } else {
    const options = readOptions();
    const report = await run(options);
    console.log(options.json ? JSON.stringify(report, null, 2) : reportText(report));
  }
} catch (error) {
  const isUsage = error instanceof UsageError;
  const told =
    isUsage ||
    error instanceof LegacyFileError ||
    error instanceof PaperdeskError ||
    error instanceof ConfigError;
  console.error(told ? (error as Error).message : error);
  if (isUsage) console.error(`\n${USAGE}`);
  process.exitCode = isUsage ? 2 : 1;
}
