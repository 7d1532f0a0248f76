import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountIdOf, packageIdOf } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import { newAccount } from '../trading/account.ts';
import { type AccountSettings, DEFAULT_SETTINGS } from '../trading/settings.ts';
import type { AccountChange, AccountRepository, StoredAccount } from './account-repository.ts';
import { changesAccount } from './bring-up-to-date.ts';

/** An account and the package that decides for it; null where it has none, or not any more. */
export interface OwnedAccount {
  readonly stored: StoredAccount;
  readonly model: ModelPackage | null;
}

/** What somebody wants a new account to be. */
export interface NewAccountRequest {
  readonly modelId: string;
  readonly symbol?: string | undefined;
  readonly initialBalance?: number | undefined;
  readonly settings?: Partial<AccountSettings> | undefined;
}

/** What comes of work on an account: what is to be stored, if anything, and what the caller gets. */
export interface Worked<T> {
  readonly change: AccountChange | null;
  readonly hideHistory?: boolean;
  readonly result: T;
}

/** The accounts by their `model_id`: `paper_<package>`, `<package>` or the alias `paper_v3_ppo`. */
export interface Accounts {
  /** Creates nothing; undefined where the package has no account yet. @throws MODEL_NOT_FOUND */
  find(modelId: string): Promise<{ stored: StoredAccount | undefined; model: ModelPackage | null }>;
  /** The account of an existing package is created on first sight. @throws MODEL_NOT_FOUND */
  get(modelId: string): Promise<OwnedAccount>;
  /**
   * Creates an account, with or without a package; an existing one stays as it is.
   * @throws SYMBOL_MISMATCH, VALIDATION
   */
  create(wish: NewAccountRequest): Promise<OwnedAccount & { created: boolean }>;
  list(): Promise<OwnedAccount[]>;
  /**
   * Works on an account while nobody else does, and stores what comes of it in one transaction. When another process
   * changed the account meanwhile the work is done again.
   * @throws ACCOUNT_NOT_FOUND
   */
  change<T>(
    id: string,
    work: (stored: StoredAccount) => Promise<Worked<T>>,
  ): Promise<{ readonly stored: StoredAccount; readonly result: T }>;
  /** Listeners are told of every change, after it is stored. */
  onChange(listener: (stored: StoredAccount, change: AccountChange) => void): void;
}

export interface AccountsParts {
  readonly repository: AccountRepository;
  readonly registry: Pick<PackageRegistry, 'resolve' | 'list'>;
  readonly now: () => number;
}

export const INITIAL_BALANCE = 10_000;
const DEFAULT_SYMBOL = 'BTCUSDT';
const ATTEMPTS = 5;

export function createAccounts({ repository, registry, now }: AccountsParts): Accounts {
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
    const own = model?.manifest.symbol ?? symbol ?? DEFAULT_SYMBOL;
    requireSymbol(modelId, own, symbol);
    const id = accountIdOf(packageIdOf(modelId));
    const before = await repository.find(id);
    const at = now();
    const stored =
      before ??
      (await repository.create({
        account: newAccount({
          id,
          settings: { ...DEFAULT_SETTINGS, ...settings },
          initialBalance: initialBalance ?? INITIAL_BALANCE,
          at,
        }),
        packageId: model?.id ?? null,
        symbol: own,
        now: at,
      }));
    return {
      stored,
      model: stored.packageId === null ? null : model,
      created: before === undefined,
    };
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

    change(id, work) {
      return oneAtATime(id, async () => {
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const stored = await repository.find(id);
          if (stored === undefined)
            throw new PaperdeskError('ACCOUNT_NOT_FOUND', `There is no paper account "${id}".`);
          const { change, result, hideHistory = false } = await work(stored);
          if (change === null || !changesAccount(stored.account, change)) return { stored, result };
          const committed = await repository.commit(stored, change, now(), hideHistory);
          if (committed === undefined) continue;
          for (const listener of listeners) listener(committed, change);
          return { stored: committed, result };
        }
        throw new PaperdeskError(
          'DATABASE_UNAVAILABLE',
          `Another process kept changing ${id}; nothing was done.`,
          { retryAfterSeconds: 1 },
        );
      });
    },

    onChange: (listener) => void listeners.push(listener),
  };
}

/** @throws SYMBOL_MISMATCH when an account or package is asked about another symbol than the one it trades */
export function requireSymbol(who: string, own: string, asked: string | undefined): void {
  if (asked === undefined || asked === own) return;
  throw new PaperdeskError(
    'SYMBOL_MISMATCH',
    `${who} trades ${own}, not ${asked}; POST /paper/inference/v3 decides on any symbol.`,
  );
}
