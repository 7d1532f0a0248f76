import { join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { withFileReader } from '../formats/byte-reader.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';
import { type ModelPackage, packageOfRow, relativePath } from './model-package.ts';
import type { PackageFileName, PackageFolders, StagedUpload } from './package-files.ts';
import { accountIdOf, DEFAULT_PACKAGE_ID, firstFreeId, packageIdOf, slugOf } from './package-id.ts';
import type { PackageRepository } from './package-repository.ts';
import { type PairFiles, validatePair } from './pair-validation.ts';
import type { CompactTrial, WantedWeights } from './weight-form.ts';

/** The packages that are known: the one place that changes their rows and their files. */
export interface PackageRegistry {
  list(): Promise<ModelPackage[]>;
  /** @throws PACKAGE_NOT_FOUND */
  get(id: string): Promise<ModelPackage>;
  /** The package that a `model_id` means. @throws MODEL_NOT_FOUND */
  resolve(modelId: string): Promise<ModelPackage>;
  /**
   * Validates a staged upload and makes a package of it; a refused one is discarded.
   * @throws the refusals of pair validation, DISK_FULL
   */
  add(staged: StagedUpload, upload: NewPackage): Promise<ModelPackage>;
  archive(id: string): Promise<ModelPackage>;
  restore(id: string): Promise<ModelPackage>;
  /** @throws PACKAGE_STATE unless archived and without open lots, and always for the default package */
  remove(id: string): Promise<void>;
  markWarmUp(id: string, state: WarmUpState): Promise<void>;
  /** @throws PACKAGE_NOT_FOUND */
  setWeights(id: string, wanted: WantedWeights): Promise<ModelPackage>;
  /** Records how the compact form fared; without a trial forecasts are computed with float32 weights. */
  recordTrial(id: string, trial: CompactTrial | undefined): Promise<void>;
  /** Listeners are told of every change, after it is stored. */
  onChange(listener: (change: { id: string; removed: boolean }) => void): void;
}

export interface NewPackage {
  readonly name: string;
  readonly notes: string | undefined;
  /** What its id is made of; the name unless given. */
  readonly id?: string | undefined;
  /** An id whose account has been waiting for this very package: it is free for it. */
  readonly adopts?: string | undefined;
}

export type WarmUpState =
  | { readonly status: 'PENDING' | 'RUNNING' }
  | { readonly status: 'DONE' }
  | { readonly status: 'ERROR'; readonly error: string };

/** What the registry has to know of paper accounts; each belongs to the package that its id names. */
export interface PackageAccounts {
  /** The number of open lots of every account, by the id of the package. */
  openLots(): Promise<ReadonlyMap<string, number>>;
}

export interface RegistryParts {
  readonly repository: PackageRepository;
  readonly folders: PackageFolders;
  readonly accounts: PackageAccounts;
  readonly now: () => number;
}

/** @param parts the table, the folders, the accounts and the clock */
export function packageRegistry({ repository, folders, accounts, now }: RegistryParts): PackageRegistry {
  const listeners: ((change: { id: string; removed: boolean }) => void)[] = [];
  const changed = (id: string, removed = false) => {
    for (const listener of listeners) listener({ id, removed });
  };

  async function get(id: string): Promise<ModelPackage> {
    const row = await repository.find(id);
    if (row === undefined) {
      throw new PaperdeskError(
        'PACKAGE_NOT_FOUND',
        `There is no model package "${id}"; GET /model-packages lists them.`,
      );
    }
    return packageOfRow(row);
  }

  return {
    get,

    async list() {
      return (await repository.list()).map(packageOfRow);
    },

    async resolve(modelId) {
      const row = await repository.find(packageIdOf(modelId));
      if (row === undefined) {
        throw new PaperdeskError(
          'MODEL_NOT_FOUND',
          `There is no model "${modelId}"; a model_id is a package's id, with or without "paper_" before it.`,
        );
      }
      return packageOfRow(row);
    },

    async add(staged, { name, notes, id: wanted = name, adopts }) {
      try {
        // The disk is written while the weights are looked at.
        const [validated, synced] = await Promise.allSettled([validateStaged(staged), folders.sync(staged)]);
        if (validated.status === 'rejected') throw validated.reason;
        if (synced.status === 'rejected') throw synced.reason;
        const manifest = validated.value;
        const occupied = await folders.occupied();
        // An account outlives its package and stays readable: its id is not given again.
        const withAccount = await accounts.openLots();
        const isTaken = (id: string) => occupied.has(id) || (withAccount.has(id) && id !== adopts);
        const row = await repository.insert(async (taken) => {
          const id = firstFreeId(slugOf(wanted), (candidate) => taken.has(candidate) || isTaken(candidate));
          await folders.place(staged, id);
          return newRow({ id, name, notes, manifest, staged, folder: join(folders.root, id), now: now() });
        });
        await folders.confirm(row.id);
        changed(row.id);
        return packageOfRow(row);
      } catch (error) {
        await folders.discard(staged);
        throw error;
      }
    },

    async archive(id) {
      const model = await get(id);
      if (model.status !== 'ARCHIVED') {
        await repository.update(id, { status: 'ARCHIVED' });
        changed(id);
      }
      return get(id);
    },

    async restore(id) {
      const model = await get(id);
      if (model.status === 'ARCHIVED') {
        await repository.update(id, { status: model.warmUpStatus === 'DONE' ? 'READY' : 'UPLOADED' });
        changed(id);
      }
      return get(id);
    },

    async remove(id) {
      const model = await get(id);
      if (id === DEFAULT_PACKAGE_ID) {
        throw new PaperdeskError(
          'PACKAGE_STATE',
          `${id} is the default package: it can be archived, not deleted.`,
        );
      }
      if (model.status !== 'ARCHIVED') {
        throw new PaperdeskError(
          'PACKAGE_STATE',
          `${id} is ${model.status}; only an archived package can be deleted. Archive it first.`,
        );
      }
      const lots = (await accounts.openLots()).get(id) ?? 0;
      if (lots > 0) {
        throw new PaperdeskError(
          'PACKAGE_STATE',
          `The account ${accountIdOf(id)} has ${lots} open lots; close them before deleting ${id}.`,
        );
      }
      await folders.markForRemoval(id);
      await repository.remove(id);
      await folders.remove(id);
      changed(id, true);
    },

    async markWarmUp(id, state) {
      const row = await repository.find(id);
      if (row === undefined) return;
      await repository.update(id, {
        warmup_status: state.status,
        warmup_error: state.status === 'ERROR' ? state.error : null,
        ...(state.status === 'DONE' ? { warmup_completed_at: now() } : {}),
        ...(state.status === 'DONE' && row.status === 'UPLOADED' ? { status: 'READY' as const } : {}),
      });
      changed(id);
    },

    async setWeights(id, wanted) {
      const model = await get(id);
      if (model.weightsWanted !== wanted) {
        await repository.update(id, { weights_wanted: wanted });
        changed(id);
      }
      return get(id);
    },

    async recordTrial(id, trial) {
      await repository.update(id, { compact_trial: trial === undefined ? null : JSON.stringify(trial) });
      changed(id);
    },

    onChange(listener) {
      listeners.push(listener);
    },
  };
}

/** Opens what was staged and validates it; the files are closed again either way. */
async function validateStaged(staged: StagedUpload): Promise<PackageManifest> {
  const path = (name: PackageFileName) => join(staged.folder, name);
  const scaler = scalerName(staged);
  return withFileReader(path('forecast_model.pt'), (forecast) =>
    withFileReader(path('ppo_policy.zip'), (policy) =>
      withOptional(scaler === undefined ? undefined : path(scaler), (scalerReader) =>
        withOptional(staged.files.has('manifest.json') ? path('manifest.json') : undefined, (manifest) =>
          validatePair({ forecast, policy, scaler: scalerReader, manifest }),
        ),
      ),
    ),
  );
}

function withOptional<T>(
  path: string | undefined,
  use: (reader: PairFiles['scaler']) => Promise<T>,
): Promise<T> {
  return path === undefined ? use(undefined) : withFileReader(path, use);
}

function scalerName(staged: StagedUpload): 'scaler.pkl' | 'scaler.json' | undefined {
  if (staged.files.has('scaler.pkl')) return 'scaler.pkl';
  return staged.files.has('scaler.json') ? 'scaler.json' : undefined;
}

function newRow(given: {
  id: string;
  name: string;
  notes: string | undefined;
  manifest: PackageManifest;
  staged: StagedUpload;
  folder: string;
  now: number;
}) {
  const scaler = scalerName(given.staged);
  const inFolder = (name: PackageFileName) => relativePath(join(given.folder, name));
  return {
    id: given.id,
    name: given.name,
    forecast_rel_path: inFolder('forecast_model.pt'),
    ppo_rel_path: inFolder('ppo_policy.zip'),
    scaler_rel_path: scaler === undefined ? null : inFolder(scaler),
    status: 'UPLOADED' as const,
    created_at: given.now,
    warmup_required: 1 as const,
    warmup_status: 'PENDING' as const,
    warmup_completed_at: null,
    warmup_error: null,
    notes: given.notes ?? null,
    manifest: JSON.stringify(given.manifest),
    files: JSON.stringify([...given.staged.files.values()]),
  };
}
