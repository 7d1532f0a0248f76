import { accountIdOf, packageIdOf, slugOf } from '../../packages/package-id.ts';
import { MAX_BALANCE } from '../../trading/money.ts';
import { type AccountSettings, DEFAULT_SETTINGS } from '../../trading/settings.ts';
import { type LegacyRow, numberOf, symbolOf, textOf, timeOf } from './legacy-values.ts';

/** A row of the old `paper_accounts`. */
export interface LegacyAccount {
  readonly oldId: string;
  /** The new id. */
  readonly id: string;
  /** The package that the account belongs to; null without one. */
  readonly packageId: string | null;
  readonly symbol: string;
  readonly paused: boolean;
  readonly initialBalance: number;
  readonly settings: AccountSettings;
  /** The old wallet without margins. */
  readonly balance: number | null;
  /** ms. */
  readonly createdAt: number | null;
  /** Sentences about old settings that are out of range. */
  readonly notes: readonly string[];
}

const DEFAULT_SYMBOL = 'BTCUSDT';

/**
 * Reads a row; returns a sentence when the row cannot be used.
 * @param packageIds new ids by old ids @param now ms
 */
export function accountOfLegacyRow(
  row: LegacyRow,
  packageIds: ReadonlyMap<string, string>,
  now: number,
): LegacyAccount | string {
  const oldId = textOf(row, ['model_id', 'id']);
  if (oldId === null) return 'The row has no model_id.';
  const bare = packageIdOf(oldId);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(bare))
    return 'Its model_id has other characters than letters, digits, _ and -, or more than 64.';
  const initialBalance = numberOf(row, ['initial_balance']);
  if (initialBalance === null || initialBalance <= 0 || initialBalance > MAX_BALANCE)
    return `Its initial_balance is not a number above 0 and at most ${MAX_BALANCE}.`;
  const packageId = packageOf(row, bare, packageIds);
  const { settings, notes } = settingsOf(row);
  return {
    oldId,
    id: accountIdOf(packageId ?? bare),
    packageId,
    symbol: symbolOf(row) ?? DEFAULT_SYMBOL,
    paused: textOf(row, ['status'])?.toUpperCase() === 'PAUSED',
    initialBalance,
    settings,
    balance: numberOf(row, ['balance_usdt', 'balance']),
    createdAt: timeOf(row, ['created_at'], now),
    notes,
  };
}

/** An account belongs only to the package in its own id. */
function packageOf(row: LegacyRow, bare: string, packageIds: ReadonlyMap<string, string>): string | null {
  const named = textOf(row, ['model_package_id', 'package_id']);
  if (named === null) return packageIds.get(bare) ?? null;
  return packageIdOf(named) === bare ? (packageIds.get(named) ?? slugOf(bare)) : null;
}

const LIMITS = [
  ['max_positions', 'maxPositions', 1, 10, true],
  ['default_leverage', 'defaultLeverage', 1, 10, true],
  ['profit_target_pct', 'profitTargetPct', 0.01, 1000, false],
  ['time_limit_hours', 'timeLimitHours', 0.25, 1000, false],
] as const;

function settingsOf(row: LegacyRow): { settings: AccountSettings; notes: string[] } {
  const taken: Partial<Record<(typeof LIMITS)[number][1], number>> = {};
  const notes: string[] = [];
  for (const [column, name, min, max, isInteger] of LIMITS) {
    if (row[column] === undefined || row[column] === null) continue;
    const value = numberOf(row, [column]);
    if (value !== null && value >= min && value <= max && (!isInteger || Number.isInteger(value))) {
      taken[name] = value;
    } else {
      notes.push(
        `${column} ${JSON.stringify(row[column]).slice(0, 60)} is not between ${min} and ${max}: ${DEFAULT_SETTINGS[name]} is used instead.`,
      );
    }
  }
  return { settings: { ...DEFAULT_SETTINGS, ...taken }, notes };
}
