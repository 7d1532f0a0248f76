import { createReadStream } from 'node:fs';
import { FILE_REFUSALS, PaperdeskError } from '../../errors.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { slugOf } from '../../packages/package-id.ts';
import type { PackageStore } from '../../packages/package-store.ts';
import type { PackageRegistry } from '../../packages/registry.ts';
import { validatePairFiles } from '../../packages/validate-pair.ts';
import { hashFile } from '../backup/hashed-copy.ts';
import { type FileRules, findLegacyFiles, type LegacyFiles } from './legacy-files.ts';
import { type LegacyPackage, packageOfLegacyRow } from './legacy-package.ts';
import { type LegacyRow, textOf } from './legacy-values.ts';
import type { PackageReport } from './report.ts';

export interface PackageImportParts {
  readonly registry: PackageRegistry;
  readonly store: PackageStore;
  readonly files: FileRules;
  /** Whether an earlier run imported the account of this package, but not the package. */
  readonly isAwaited: (packageId: string) => Promise<boolean>;
  readonly newId: () => string;
  readonly now: () => number;
  readonly dryRun: boolean;
}

/** Imports old packages with the validation of an upload; those that exist already are skipped. */
export async function importPackages(
  rows: readonly LegacyRow[],
  parts: PackageImportParts,
): Promise<PackageReport[]> {
  const reports: PackageReport[] = [];
  for (const row of rows) {
    const old = packageOfLegacyRow(row, parts.now());
    const report =
      typeof old === 'string'
        ? notTaken(textOf(row, ['id']) ?? 'a row without an id', 'ROW_INVALID', old)
        : await importPackage(old, parts);
    reports.push(report);
  }
  return reports;
}

async function importPackage(old: LegacyPackage, parts: PackageImportParts): Promise<PackageReport> {
  const files = await findLegacyFiles(old, parts.files);
  if ('reason' in files) return notTaken(old.id, files.code, files.reason);
  const known = await knownPackage(old, files, await parts.registry.list());
  if (known !== undefined) return reportOf(old, 'there already', known.id);
  try {
    if (parts.dryRun) {
      await validatePairFiles(files);
      return reportOf(old, 'taken', null);
    }
    return reportOf(old, 'taken', await take(old, files, parts));
  } catch (error) {
    if (!(error instanceof PaperdeskError && error.code in FILE_REFUSALS)) throw error;
    return notTaken(old.id, error.code, error.message);
  }
}

async function take(old: LegacyPackage, files: LegacyFiles, parts: PackageImportParts): Promise<string> {
  const { registry, store } = parts;
  const staged = await store.stage(`legacy-${parts.newId()}`);
  try {
    for (const [name, path] of files) await staged.write(name, createReadStream(path));
  } catch (error) {
    await staged.discard();
    throw error;
  }
  const id = slugOf(old.id);
  const model = await registry.add(staged, {
    id,
    name: old.name,
    notes: notesOf(old),
    takesAccountOf: (await parts.isAwaited(id)) ? id : undefined,
  });
  if (old.archived) await registry.archive(model.id);
  return model.id;
}

/** A later run recognizes the package by this sentence. */
function provenance({ id }: LegacyPackage): string {
  return `Taken over from an older system, where its id was ${JSON.stringify(id)}.`;
}

function notesOf(old: LegacyPackage): string {
  const uploaded =
    old.createdAt === null ? '' : ` It was uploaded there at ${new Date(old.createdAt).toISOString()}.`;
  return `${provenance(old)}${uploaded}${old.notes === null ? '' : `\n${old.notes}`}`;
}

/** A package with the same files that has the id of this one, or was imported from it. */
async function knownPackage(
  old: LegacyPackage,
  files: LegacyFiles,
  packages: readonly ModelPackage[],
): Promise<ModelPackage | undefined> {
  const alike = packages.filter(
    ({ id, notes }) => id === slugOf(old.id) || notes?.startsWith(provenance(old)) === true,
  );
  if (alike.length === 0) return undefined;
  const hashes = [
    await hashFile(files.get('forecast_model.pt') as string),
    await hashFile(files.get('ppo_policy.zip') as string),
  ];
  return alike.find(({ files: known }) =>
    hashes.every((hash) => known.some(({ sha256 }) => sha256 === hash.sha256)),
  );
}

function reportOf(old: LegacyPackage, outcome: 'taken' | 'there already', id: string | null): PackageReport {
  return { old_id: old.id, outcome, id, code: null, reason: null };
}

function notTaken(old_id: string, code: string, reason: string): PackageReport {
  return { old_id, outcome: 'not taken', id: null, code, reason };
}
