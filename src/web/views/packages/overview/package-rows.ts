import type { ModelPackageAnswer } from '../../../../http/packages/schema.ts';
import { sortRows } from '../../../components/sort-rows.ts';
import { lastPollOf } from '../../../data/last-poll.ts';
import { type AccountState, type PackageState, stateOf } from './package-state.ts';
import type { Result, ResultSource } from './results.ts';

/** A package in the overview. */
export interface PackageRow {
  readonly one: ModelPackageAnswer;
  /** undefined where there is no account, or no replay of this range. */
  readonly result: Result | undefined;
  readonly state: PackageState;
  /** Last poll of its account; null before the first one. */
  readonly polledAt: string | null;
  /** Whether it is shown below the first of its versions. */
  readonly isIndented: boolean;
}

/** All packages with their results, newest first, later versions below their first. */
export function packageRows(
  all: readonly ModelPackageAnswer[],
  source: ResultSource,
  accounts: readonly AccountState[],
): readonly PackageRow[] {
  const accountOf = new Map(accounts.map((account) => [account.model_package_id, account]));
  const rowOf = (one: ModelPackageAnswer, isIndented: boolean): PackageRow => {
    const account = accountOf.get(one.id);
    return {
      one,
      result: source.byPackage.get(one.id),
      state: stateOf(one, account),
      polledAt: account === undefined ? null : lastPollOf(account),
      isIndented,
    };
  };
  const ids = new Set(all.map(({ id }) => id));
  const isRoot = ({ version_of }: ModelPackageAnswer) => version_of === null || !ids.has(version_of);
  const versionsOf = (id: string) =>
    all.filter((one) => one.version_of === id && one.id !== id).sort((a, b) => a.version - b.version);
  return all
    .filter(isRoot)
    .flatMap((root) => [rowOf(root, false), ...versionsOf(root.id).map((one) => rowOf(one, true))]);
}

/** How the rows of the overview can be sorted; a `-` before a name in the address means descending. */
export const SORT_VALUES = {
  name: ({ one }) => one.name,
  return: ({ result }) => result?.performance.total_return_pct,
  ahead: ({ result }) => aheadOfHolding(result),
  drawdown: ({ result }) => result?.performance.max_drawdown_pct,
  lots: ({ result }) => result?.performance.counts.lots,
  poll: ({ polledAt }) => polledAt,
  uploaded: ({ one }) => one.created_at,
} as const satisfies Record<string, (row: PackageRow) => string | number | null | undefined>;

export type SortKey = keyof typeof SORT_VALUES;

/** The rows in the order of the address: `return` is worst first, `-return` best first, `poll` the longest without a poll first; undefined keeps versions together. */
export function sortedRows(rows: readonly PackageRow[], order: string | undefined): readonly PackageRow[] {
  const parsed = parseOrder(order);
  if (parsed === undefined) return rows;
  const flat = rows.map((row) => ({ ...row, isIndented: false }));
  return sortRows<PackageRow>(flat, SORT_VALUES[parsed.key], parsed.direction);
}

/** undefined for an order that there is not. */
export function parseOrder(
  order: string | undefined,
): { readonly key: SortKey; readonly direction: 'ascending' | 'descending' } | undefined {
  const key = (order ?? '').replace(/^-/, '');
  if (!Object.hasOwn(SORT_VALUES, key)) return undefined;
  return { key: key as SortKey, direction: order!.startsWith('-') ? 'descending' : 'ascending' };
}

/** By how many points the return is above that of holding; null where one of them is not known. */
export function aheadOfHolding(result: Result | undefined): number | null {
  if (result === undefined) return null;
  const { total_return_pct, buy_and_hold_pct } = result.performance;
  return buy_and_hold_pct === null ? null : total_return_pct - buy_and_hold_pct;
}
