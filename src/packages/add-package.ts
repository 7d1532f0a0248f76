import { join } from 'node:path';
import type { NewModelPackageRow } from '../db/tables.ts';
import { PaperdeskError } from '../errors.ts';
import type { ProofResult } from '../pipeline/proof-result.ts';
import type { ResolvedManifest } from '../pipeline/resolve-manifest.ts';
import { asciiNameOf } from './ascii-name.ts';
import { contentHashOf } from './content-hash.ts';
import type { ModelPackage } from './model-package.ts';
import { firstFreeId, slugOf } from './package-id.ts';
import type { KnownPackage, PackageRepository } from './package-repository.ts';
import type { PackageStore } from './package-store.ts';
import type { StagedUpload } from './staged-upload.ts';
import type { PackageFile, PackageFileName } from './stored-file.ts';
import { type ValidatedPair, validatePairFiles } from './validate-pair.ts';

export interface NewPackage {
  readonly name: string;
  readonly notes: string | undefined;
  /** The text that the id derives from; the name in ASCII by default. */
  readonly id?: string | undefined;
  /** The package that this is the next version of. */
  readonly versionOf?: string | undefined;
  /** The package whose existing account this package takes over: its id is free although the account has it. */
  readonly takesAccountOf?: string | undefined;
}

/** Facts about paper accounts that packages need. */
export interface PackageAccounts {
  /** The number of open lots of each account, by the id of its package. */
  openLots(): Promise<ReadonlyMap<string, number>>;
}

export interface AddPackageDependencies {
  readonly repository: Pick<PackageRepository, 'insert'>;
  readonly store: Pick<PackageStore, 'send' | 'takenIds' | 'place' | 'confirm'>;
  readonly accounts: PackageAccounts;
  /** @throws SYMBOL_UNKNOWN for a symbol that is known not to trade */
  readonly requireTrading: (symbol: string) => Promise<void>;
  /** Computes what the proof of an upload claims. @throws PROOF_INVALID, PROOF_MISMATCH, PROOF_TOO_SLOW */
  readonly prove: (upload: ProvableUpload) => Promise<ProofResult>;
  readonly now: () => number;
}

/** An upload with a proof; its files are in a staging folder. */
export interface ProvableUpload {
  readonly paths: ReadonlyMap<PackageFileName, string>;
  readonly pair: ValidatedPair;
}

/**
 * Creates a package from a staged upload: validates it, stores its files and inserts its row. A refused upload is
 * discarded.
 * @throws the refusals of packages.md#15, SYMBOL_UNKNOWN, PACKAGE_NOT_FOUND for `versionOf`, DISK_FULL, STORE_READ_ONLY, PACKAGE_STORE_UNAVAILABLE
 */
export async function addPackage(
  { repository, store, accounts, requireTrading, prove, now }: AddPackageDependencies,
  staged: StagedUpload,
  { name, notes, id: givenId, versionOf, takesAccountOf }: NewPackage,
): Promise<ModelPackage> {
  try {
    const paths = new Map([...staged.files.keys()].map((name) => [name, join(staged.folder, name)]));
    const pair = await validateAndSync(staged, paths);
    await requireTrading(pair.manifest.symbol);
    const proof = paths.has('proof.json') ? await prove({ paths, pair }) : undefined;
    await store.send(staged);
    const accountsByPackage = await accounts.openLots();
    const idText = givenId ?? (await asciiNameOf(name));
    const model = await repository.insert(async (ids, packages) => {
      const taken = await store.takenIds(staged);
      // An account outlives its package and stays readable, so its id is not given to another package (packages.md#2).
      const isTaken = (id: string) =>
        ids.has(id) || taken.has(id) || (accountsByPackage.has(id) && id !== takesAccountOf);
      const id = firstFreeId(slugOf(idText), isTaken);
      const locationOf = await store.place(staged, id);
      return {
        id,
        name,
        notes: notes ?? null,
        ...versionRow(versionOf, packages),
        same_files_as: sameFilesAs([...staged.files.values()], packages),
        ...filesRow(staged, pair, proof, locationOf),
        created_at: now(),
      };
    });
    await store.confirm(staged, model.id);
    return model;
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** Validates the files while the system flushes them to the disk. */
async function validateAndSync(
  staged: StagedUpload,
  paths: ReadonlyMap<PackageFileName, string>,
): Promise<ValidatedPair> {
  const [validated, synced] = await Promise.allSettled([validatePairFiles(paths), staged.sync()]);
  if (validated.status === 'rejected') throw validated.reason;
  if (synced.status === 'rejected') throw synced.reason;
  return validated.value;
}

/**
 * The columns of the next version of a package. Versions are a chain: a version of any of them comes after the newest.
 * @throws PACKAGE_NOT_FOUND
 */
function versionRow(
  earlier: string | undefined,
  packages: readonly KnownPackage[],
): Pick<NewModelPackageRow, 'version_of' | 'version_number'> {
  if (earlier === undefined) return {};
  const known = packages.find(({ id }) => id === earlier);
  if (known === undefined)
    throw new PaperdeskError(
      'PACKAGE_NOT_FOUND',
      `There is no model package "${earlier}" of which this could be a version; GET /model-packages lists them.`,
    );
  const first = known.versionOf ?? known.id;
  const chain = packages.filter(({ id, versionOf }) => id === first || versionOf === first);
  const newest = Math.max(...chain.map(({ versionNumber }) => versionNumber));
  return { version_of: first, version_number: newest + 1 };
}

/** The id of the oldest package with the same files; null if there is none. */
function sameFilesAs(files: readonly PackageFile[], packages: readonly KnownPackage[]): string | null {
  const hash = contentHashOf(files);
  return packages.find((known) => contentHashOf(known.files) === hash)?.id ?? null;
}

/** The columns of a new package that follow from its files. */
function filesRow(
  { files }: StagedUpload,
  { manifest, warnings }: ResolvedManifest,
  proof: ProofResult | undefined,
  locationOf: (name: PackageFileName) => string,
) {
  const scaler = (['scaler.pkl', 'scaler.json'] as const).find((name) => files.has(name));
  return {
    forecast_rel_path: locationOf('forecast_model.pt'),
    ppo_rel_path: locationOf('ppo_policy.zip'),
    scaler_rel_path: scaler === undefined ? null : locationOf(scaler),
    vec_normalize_rel_path: files.has('vec_normalize.pkl') ? locationOf('vec_normalize.pkl') : null,
    warnings: JSON.stringify(warnings),
    proof: proof === undefined ? null : JSON.stringify(proof),
    manifest: JSON.stringify(manifest),
    files: JSON.stringify([...files.values()]),
    ...NOT_WARMED_UP,
  } satisfies Partial<NewModelPackageRow>;
}

/** The columns of a package whose files are new. */
export const NOT_WARMED_UP = {
  status: 'UPLOADED',
  warmup_required: 1,
  warmup_status: 'PENDING',
  warmup_completed_at: null,
  warmup_error: null,
} as const satisfies Partial<NewModelPackageRow>;
