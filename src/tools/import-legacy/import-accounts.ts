import type { NewStoredAccount } from '../../accounts/account-repository.ts';
import { newAccount } from '../../trading/account.ts';
import { pause } from '../../trading/account-commands.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../trading/account-pipeline.ts';
import { accountOfLegacyRow, type LegacyAccount } from './legacy-account.ts';
import { type LegacyPosition, positionOfLegacyRow } from './legacy-position.ts';
import { type LegacyRow, numberOf, textOf } from './legacy-values.ts';
import { closingBalance, oldEpochOf } from './old-epoch.ts';
import type { OldEpochRepository } from './old-epoch-repository.ts';
import type { AccountReport } from './report.ts';

export interface AccountImportParts {
  readonly repository: OldEpochRepository;
  /** New ids by old ids. */
  readonly packageIds: ReadonlyMap<string, string>;
  readonly now: () => number;
  readonly dryRun: boolean;
}

/** Columns of old positions that may name their account. */
const OWNER_COLUMNS = ['model_id', 'account_id', 'paper_account_id', 'account_model_id'] as const;
/** Smaller differences are due to rounding, in quote currency. */
const MIN_DIFFERENCE = 0.01;

/** Imports old accounts, the history of each as a closed epoch before its first; the accounts start again from their initial balance. */
export async function importAccounts(
  accounts: readonly LegacyRow[],
  positions: readonly LegacyRow[],
  parts: AccountImportParts,
): Promise<AccountReport[]> {
  const byOwner = rowsByOwner(positions);
  const taken = new Set<string>();
  const reports: AccountReport[] = [];
  for (const row of accounts) {
    const old = accountOfLegacyRow(row, parts.packageIds, parts.now());
    if (typeof old === 'string') {
      reports.push(notTaken(textOf(row, ['model_id', 'id']) ?? 'a row without a model_id', old));
    } else if (taken.has(old.id)) {
      reports.push(notTaken(old.oldId, `Another old account became ${old.id}.`));
    } else {
      taken.add(old.id);
      const names = [textOf(row, ['model_id']), textOf(row, ['id'])];
      const own = [...new Set(names)].flatMap((name) => (name === null ? [] : (byOwner.get(name) ?? [])));
      reports.push(await importAccount(old, own, parts));
    }
  }
  return reports;
}

function rowsByOwner(positions: readonly LegacyRow[]): ReadonlyMap<string, readonly LegacyRow[]> {
  const rows = new Map<string, LegacyRow[]>();
  for (const row of positions) {
    const owner = textOf(row, OWNER_COLUMNS);
    if (owner === null) continue;
    const known = rows.get(owner);
    if (known === undefined) rows.set(owner, [row]);
    else known.push(row);
  }
  return rows;
}

/** The number of positions without an account. */
export function countOrphans(accounts: readonly LegacyRow[], positions: readonly LegacyRow[]): number {
  const names = new Set(accounts.flatMap((row) => [textOf(row, ['model_id']), textOf(row, ['id'])]));
  return positions.filter((row) => {
    const owner = textOf(row, OWNER_COLUMNS);
    return owner === null || !names.has(owner);
  }).length;
}

async function importAccount(
  old: LegacyAccount,
  rows: readonly LegacyRow[],
  { repository, now, dryRun }: AccountImportParts,
): Promise<AccountReport> {
  const at = now();
  const { positions, notTaken: left } = readPositions(old, rows, at);
  const report: AccountReport = {
    old_id: old.oldId,
    outcome: 'taken',
    id: old.id,
    reason: null,
    opening_balance: old.initialBalance,
    closing_balance: closingBalance(old.initialBalance, positions),
    old_balance: oldWallet(old, rows),
    positions_taken: positions.length,
    positions_not_taken: left,
    notes: old.notes,
  };
  const account = newStoredAccount(old, at);
  const epochOf = (firstBalance: number) =>
    oldEpochOf({ ...old, accountId: old.id, positions, now: at }, firstBalance);
  try {
    epochOf(old.initialBalance);
  } catch (error) {
    if (error instanceof RangeError) return notTaken(old.oldId, error.message);
    throw error;
  }
  const { state, symbol } = await repository.find(old.id);
  if (symbol !== null && symbol !== old.symbol)
    return notTaken(old.oldId, `It traded ${old.symbol}, and ${old.id} here trades ${symbol}.`);
  if (state === 'with old epoch' || (!dryRun && !(await repository.store(account, epochOf))))
    return { ...notTaken(old.oldId, null), outcome: 'there already', id: old.id };
  return { ...report, notes: [...notesOf(report, state), ...report.notes] };
}

function newStoredAccount(old: LegacyAccount, at: number): NewStoredAccount {
  const { id, settings, initialBalance, packageId, symbol } = old;
  const account = newAccount({ id, settings, pipeline: DEFAULT_ACCOUNT_PIPELINE, initialBalance, at });
  return { account: old.paused ? pause(account) : account, packageId, symbol, now: at };
}

function readPositions(old: LegacyAccount, rows: readonly LegacyRow[], now: number) {
  const positions = new Map<string, LegacyPosition>();
  const notTaken: { old_id: string; reason: string }[] = [];
  const origin = old.packageId === null ? ('external' as const) : ('policy' as const);
  for (const row of rows) {
    const position = positionOfLegacyRow(row, { symbol: old.symbol, origin, now });
    const reason =
      typeof position === 'string' ? position : positions.has(position.key) ? 'its id is there twice.' : null;
    if (typeof position === 'string' || reason !== null) {
      notTaken.push({
        old_id: textOf(row, ['id', 'position_id']) ?? 'without an id',
        reason: reason as string,
      });
    } else {
      positions.set(position.key, position);
    }
  }
  return { positions: [...positions.values()], notTaken };
}

/** The wallet in the old system: its free balance and the margins of its open positions. */
function oldWallet({ balance }: LegacyAccount, rows: readonly LegacyRow[]): number | null {
  if (balance === null) return null;
  const open = rows.filter((row) => textOf(row, ['status'])?.toUpperCase() === 'OPEN');
  return open.reduce((sum, row) => sum + (numberOf(row, ['margin_usdt']) ?? 0), balance);
}

function notesOf({ closing_balance, old_balance }: AccountReport, state: 'none' | 'account'): string[] {
  const notes: string[] = [];
  if (state === 'account')
    notes.push('The account exists already: it stays as it is, and its old history is added before it.');
  if (old_balance !== null && closing_balance !== null) {
    const difference = old_balance - closing_balance;
    if (Math.abs(difference) > MIN_DIFFERENCE)
      notes.push(
        `The old balance was ${old_balance.toFixed(2)} USDT; the imported positions do not explain ${difference.toFixed(2)} of it.`,
      );
  }
  return notes;
}

function notTaken(old_id: string, reason: string | null): AccountReport {
  return {
    old_id,
    outcome: 'not taken',
    id: null,
    reason,
    opening_balance: null,
    closing_balance: null,
    old_balance: null,
    positions_taken: 0,
    positions_not_taken: [],
    notes: [],
  };
}
