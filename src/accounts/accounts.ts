import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountIdOf, packageIdOf } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import { newAccount, type PaperAccount } from '../trading/account.ts';
import { accountPipeline, DEFAULT_ACCOUNT_PIPELINE } from '../trading/account-pipeline.ts';
import { type AccountSettings, DEFAULT_SETTINGS } from '../trading/settings.ts';
import type { AccountChange, AccountRepository, StoredAccount } from './account-repository.ts';

/** An account with its package; null if it has none, or the package was deleted. */
export interface OwnedAccount {
  readonly stored: StoredAccount;
  readonly model: ModelPackage | null;
}

/** The package of an account; null if it never had one (paper.md#41). */
export function packageOf({ stored, model }: OwnedAccount): ModelPackage | 'DELETED' | null {
  return stored.packageId !== null && model === null ? 'DELETED' : model;
}

export interface NewAccountRequest {
  readonly modelId: string;
  readonly symbol?: string | undefined;
  readonly initialBalance?: number | undefined;
  readonly settings?: Partial<AccountSettings> | undefined;
}

/** A change of an account to store, and what the caller gets. */
export interface AccountUpdate<T> {
  readonly change: AccountChange;
  /** Whether a reset hides the epochs before it. */
  readonly hideHistory?: boolean;
  readonly result: T;
}

/** Accounts by their `model_id`: `paper_<package>`, `<package>` or the alias `paper_v3_ppo` (paper.md#1). */
export interface Accounts {
  /** Creates no account: `stored` is undefined if the package has none yet. @throws MODEL_NOT_FOUND */
  find(modelId: string): Promise<{ stored: StoredAccount | undefined; model: ModelPackage | null }>;
  /** Creates the account of a package if it has none yet. @throws MODEL_NOT_FOUND */
  get(modelId: string): Promise<OwnedAccount>;
  /**
   * Creates an account, with or without a package; an existing one is returned unchanged.
   * @throws SYMBOL_MISMATCH, SYMBOL_UNKNOWN, RangeError for a balance that is not from 1 to 10,000,000
   */
  create(request: NewAccountRequest): Promise<OwnedAccount & { created: boolean }>;
  list(): Promise<OwnedAccount[]>;
  /** Deletes an account that never traded. @throws MODEL_NOT_FOUND, ACCOUNT_NOT_FOUND, ACCOUNT_STATE */
  remove(modelId: string): Promise<void>;
  /**
   * Changes an account in one transaction. Calls for the same account run one after the other; `work` runs again if
   * another process changed the account meanwhile (paper.md#40).
   * @throws ACCOUNT_NOT_FOUND, DATABASE_UNAVAILABLE after five attempts
   */
  change<T>(
    id: string,
    work: (stored: StoredAccount) => Promise<AccountUpdate<T>>,
  ): Promise<{ readonly stored: StoredAccount; readonly result: T }>;
  /** Listeners get every change after it is stored. */
  onChange(listener: (stored: StoredAccount, change: AccountChange) => void): void;
}

export interface AccountsDependencies {
  readonly repository: AccountRepository;
  readonly registry: Pick<PackageRegistry, 'resolve' | 'list'>;
  /** @throws SYMBOL_UNKNOWN for a symbol that is known not to trade */
  readonly requireTrading: (symbol: string) => Promise<void>;
  readonly now: () => number;
}

export const INITIAL_BALANCE = 10_000;
const MAX_ATTEMPTS = 5;

export function createAccounts({
  repository,
  registry,
  requireTrading,
  now,
}: AccountsDependencies): Accounts {
  const oneAtATime = createKeyedMutex();
  const listeners: ((stored: StoredAccount, change: AccountChange) => void)[] = [];

  async function modelOf(modelId: string): Promise<ModelPackage | PaperdeskError> {
    try {
      return await registry.resolve(modelId);
    } catch (error) {
      if (error instanceof PaperdeskError && error.code === 'MODEL_NOT_FOUND') return error;
      throw error;
    }
  }

  async function find(modelId: string) {
    const found = await modelOf(modelId);
    const stored = await repository.find(accountIdOf(packageIdOf(modelId)));
    if (stored === undefined && found instanceof PaperdeskError) throw found;
    const isOwn = !(found instanceof PaperdeskError) && stored?.packageId !== null;
    return { stored, model: isOwn ? found : null };
  }

  async function create({ modelId, symbol, initialBalance, settings }: NewAccountRequest) {
    const found = await modelOf(modelId);
    const model = found instanceof PaperdeskError ? null : found;
    const own = model?.manifest.symbol ?? symbol ?? PIPELINE_DEFAULTS.symbol;
    requireSymbol(modelId, own, symbol);
    const id = accountIdOf(packageIdOf(modelId));
    const before = await repository.find(id);
    if (before !== undefined)
      return { stored: before, model: before.packageId === null ? null : model, created: false };
    // The account of a package stays readable when its symbol trades no longer.
    if (model === null) await requireTrading(own);
    const at = now();
    const { stored, created } = await repository.create({
      account: newAccount({
        id,
        settings: { ...DEFAULT_SETTINGS, ...settings },
        pipeline: model === null ? DEFAULT_ACCOUNT_PIPELINE : accountPipeline(model.pipeline),
        initialBalance: initialBalance ?? INITIAL_BALANCE,
        at,
      }),
      packageId: model?.id ?? null,
      symbol: own,
      now: at,
    });
    return { stored, model: stored.packageId === null ? null : model, created };
  }

  return {
    find,
    create,

    async get(modelId) {
      const { stored, model } = await find(modelId);
      return stored === undefined ? create({ modelId }) : { stored, model };
    },

    async list() {
      const models = new Map((await registry.list()).map((model) => [model.id, model]));
      const all = await repository.list();
      return all.map((stored) => ({
        stored,
        model: (stored.packageId === null ? undefined : models.get(stored.packageId)) ?? null,
      }));
    },

    async remove(modelId) {
      const { stored } = await find(modelId);
      const id = stored?.account.id ?? accountIdOf(packageIdOf(modelId));
      await oneAtATime(id, async () => {
        const refusal = await repository.remove(id);
        if (refusal === 'MISSING')
          throw new PaperdeskError('ACCOUNT_NOT_FOUND', `There is no paper account "${id}".`);
        if (refusal === 'TRADED')
          throw new PaperdeskError(
            'ACCOUNT_STATE',
            `${id} has traded, so its history is kept; reset it, with keep_history=false to hide what was before.`,
          );
      });
    },

    change(id, work) {
      return oneAtATime(id, async () => {
        for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
          const stored = await repository.find(id);
          if (stored === undefined)
            throw new PaperdeskError('ACCOUNT_NOT_FOUND', `There is no paper account "${id}".`);
          const { change, result, hideHistory = false } = await work(stored);
          if (!changesAccount(stored.account, change)) return { stored, result };
          const committed = await repository.commit(stored, change, now(), hideHistory);
          if (committed === undefined) continue;
          for (const listener of listeners) listener(committed, change);
          return { stored: committed, result };
        }
        throw new PaperdeskError(
          'DATABASE_UNAVAILABLE',
          `Another process changed ${id} during every attempt; nothing was done.`,
          { retryAfterSeconds: 1 },
        );
      });
    },

    onChange: (listener) => void listeners.push(listener),
  };
}

/** Whether a change has anything to store. */
function changesAccount(before: PaperAccount, { account, ...records }: AccountChange): boolean {
  const { lines = [], opened = [], closed = [], decisions = [], equity = [] } = records;
  return (
    account.nextCandle !== before.nextCandle ||
    account.status !== before.status ||
    account.epoch !== before.epoch ||
    [lines, opened, closed, decisions, equity].some((list) => list.length > 0)
  );
}

/** @throws SYMBOL_MISMATCH if another symbol is requested than the one that an account or package trades (paper.md#2) */
export function requireSymbol(tradedBy: string, symbol: string, requested: string | undefined): void {
  if (requested === undefined || requested === symbol) return;
  throw new PaperdeskError(
    'SYMBOL_MISMATCH',
    `${tradedBy} trades ${symbol}, not ${requested}; POST /paper/inference/v3 decides on any symbol.`,
  );
}
