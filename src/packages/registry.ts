import { PaperdeskError } from '../errors.ts';
import { type AddPackageDependencies, addPackage, type NewPackage } from './add-package.ts';
import { isOutOfService, type ModelPackage } from './model-package.ts';
import { columnsOfEdits, NOT_TRADED, type PackageEdits } from './package-edits.ts';
import { accountIdOf, DEFAULT_PACKAGE_ID, packageIdOf } from './package-id.ts';
import type { PackageRepository } from './package-repository.ts';
import type { PackageStore } from './package-store.ts';
import type { StagedUpload } from './staged-upload.ts';
import { storedFiles } from './stored-file.ts';
import type { Int8Trial } from './weight-choice.ts';

/** The packages of this service. Nothing else changes their rows and files. */
export interface PackageRegistry {
  /** Newest first. */
  list(): Promise<ModelPackage[]>;
  find(id: string): Promise<ModelPackage | undefined>;
  /** @throws PACKAGE_NOT_FOUND */
  get(id: string): Promise<ModelPackage>;
  /** The package that a `model_id` means (packages.md#4). @throws MODEL_NOT_FOUND */
  resolve(modelId: string): Promise<ModelPackage>;
  /** Creates a package from a staged upload. @throws what `addPackage` throws */
  add(staged: StagedUpload, upload: NewPackage): Promise<ModelPackage>;
  /** The service trades it no longer, also not after it is restored. @throws PACKAGE_NOT_FOUND */
  archive(id: string): Promise<ModelPackage>;
  /** @throws PACKAGE_NOT_FOUND */
  restore(id: string): Promise<ModelPackage>;
  /**
   * @param withAliases whether its aliases go with it
   * @throws PACKAGE_NOT_FOUND; PACKAGE_STATE unless it may be deleted (packages.md#34, packages.md#35)
   */
  remove(id: string, withAliases?: boolean): Promise<void>;
  /** Does nothing when the package was removed, or for an error of a warm-up that is not running any more. */
  setWarmUp(id: string, state: WarmUpState): Promise<void>;
  /** @throws PACKAGE_NOT_FOUND, and what `columnsOfEdits` throws */
  edit(id: string, edits: PackageEdits): Promise<ModelPackage>;
  /** Stores a trial of 8-bit weights; without one, forecasts are computed with float32 weights. */
  setInt8Trial(id: string, trial: Int8Trial | undefined): Promise<void>;
  /** Calls the listener after every change that this node stored; the events of the service have those of all nodes. */
  onChange(listener: (change: PackageChange) => void): void;
}

export interface PackageChange {
  readonly id: string;
  readonly removed: boolean;
}

export type WarmUpState =
  | { readonly status: 'PENDING' | 'RUNNING' | 'DONE' }
  | {
      readonly status: 'ERROR';
      readonly error: string /** Whether it was in use. */;
      readonly ends?: boolean;
    };

export interface RegistryDependencies extends AddPackageDependencies {
  readonly repository: PackageRepository;
  readonly store: PackageStore;
}

export function createPackageRegistry(dependencies: RegistryDependencies): PackageRegistry {
  const { repository, store, accounts, now } = dependencies;
  const listeners: ((change: PackageChange) => void)[] = [];
  const notify = (id: string, removed = false) => {
    for (const listener of listeners) listener({ id, removed });
  };

  async function get(id: string): Promise<ModelPackage> {
    const model = await repository.find(id);
    if (model !== undefined) return model;
    throw new PaperdeskError(
      'PACKAGE_NOT_FOUND',
      `There is no model package "${id}"; GET /model-packages lists them.`,
    );
  }

  async function update(id: string, values: Parameters<PackageRepository['update']>[1]): Promise<void> {
    await repository.update(id, values);
    notify(id);
  }

  return {
    get,
    list: () => repository.list(),
    find: (id) => repository.find(id),

    async resolve(modelId) {
      const model = await repository.find(packageIdOf(modelId));
      if (model !== undefined) return model;
      throw new PaperdeskError(
        'MODEL_NOT_FOUND',
        `There is no model "${modelId}"; a model_id is a package's id, with or without "paper_" before it.`,
      );
    },

    async add(staged, upload) {
      const model = await addPackage(dependencies, staged, upload);
      notify(model.id);
      return model;
    },

    async archive(id) {
      if ((await get(id)).status !== 'ARCHIVED') await update(id, { status: 'ARCHIVED', ...NOT_TRADED });
      return get(id);
    },

    async restore(id) {
      if ((await get(id)).status === 'ARCHIVED')
        await update(id, ({ warmUpStatus }) => ({ status: warmUpStatus === 'DONE' ? 'READY' : 'UPLOADED' }));
      return get(id);
    },

    async remove(id, withAliases = false) {
      const model = await get(id);
      const openLots = (await accounts.openLots()).get(id) ?? 0;
      const isRemoved = await repository.remove(model, async (current, aliases) => {
        // Another node may have restored it.
        requireRemovable(current, openLots, withAliases ? [] : aliases);
        await store.markForRemoval(id);
      });
      if (!isRemoved) return;
      await store.remove(id, storedFiles(model));
      notify(id, true);
    },

    async setWarmUp(id, state) {
      if ((await repository.find(id)) === undefined) return;
      const isDone = state.status === 'DONE';
      await update(id, (current) => {
        // Another node or a poll may have shown meanwhile that the package works.
        if (state.status === 'ERROR' && state.ends !== true && current.warmUpStatus !== 'RUNNING')
          return undefined;
        // A computation that began before must not end what a person has to end.
        if (state.status === 'DONE' && isOutOfService(current)) return undefined;
        return {
          warmup_status: state.status,
          warmup_error: state.status === 'ERROR' ? state.error : null,
          ...(isDone ? { warmup_completed_at: now() } : {}),
          ...(isDone && current.status === 'UPLOADED' ? { status: 'READY' } : {}),
        };
      });
    },

    async edit(id, edits) {
      await get(id);
      await update(id, (current) => columnsOfEdits(current, edits));
      return get(id);
    },

    setInt8Trial: (id, trial) =>
      update(id, { compact_trial: trial === undefined ? null : JSON.stringify(trial) }),

    onChange(listener) {
      listeners.push(listener);
    },
  };
}

/** @throws PACKAGE_STATE */
function requireRemovable({ id, status }: ModelPackage, openLots: number, aliases: readonly string[]): void {
  if (id === DEFAULT_PACKAGE_ID)
    throw refusal(`${id} is the default package: it can be archived, not deleted.`);
  if (status !== 'ARCHIVED')
    throw refusal(`${id} is ${status}; only an archived package can be deleted. Archive it first.`);
  if (openLots > 0)
    throw refusal(
      `The account ${accountIdOf(id)} has ${openLots} open lots; close them before deleting ${id}.`,
    );
  if (aliases.length > 0)
    throw refusal(
      `${id} has the alias ${aliases.join(', ')}; move it to another package, or delete with remove_aliases=true.`,
    );
}

function refusal(sentence: string): PaperdeskError {
  return new PaperdeskError('PACKAGE_STATE', sentence);
}
