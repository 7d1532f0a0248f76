import { counted } from '../../runtime/counted.ts';

/** Imported by this run, imported by an earlier one, or not imported. */
export type Outcome = 'taken' | 'there already' | 'not taken';

export interface PackageReport {
  readonly old_id: string;
  readonly outcome: Outcome;
  /** The new id; null where it was not imported. */
  readonly id: string | null;
  /** Why it was not imported: a stable code and a sentence. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** Money in quote currency. */
export interface AccountReport {
  readonly old_id: string;
  readonly outcome: Outcome;
  readonly id: string | null;
  readonly reason: string | null;
  readonly opening_balance: number | null;
  /** After the imported positions. */
  readonly closing_balance: number | null;
  /** The balance in the old system, without the results of open positions. */
  readonly old_balance: number | null;
  readonly positions_taken: number;
  readonly positions_not_taken: readonly { readonly old_id: string; readonly reason: string }[];
  /** Sentences. */
  readonly notes: readonly string[];
}

export interface ImportReport {
  readonly dry_run: boolean;
  readonly packages: readonly PackageReport[];
  readonly accounts: readonly AccountReport[];
  readonly notes: readonly string[];
}

/** More are only in the JSON form. */
const MAX_POSITIONS_SHOWN = 10;

/** The report as text. */
export function reportText({ dry_run, packages, accounts, notes }: ImportReport): string {
  const lines = [
    ...(dry_run ? ['Dry run: nothing is stored.'] : []),
    summary('package', packages),
    ...packages.map(packageLine),
    summary('account', accounts),
    ...accounts.flatMap(accountLines),
    ...notes,
  ];
  return lines.join('\n');
}

function summary(noun: string, all: readonly { readonly outcome: Outcome }[]): string {
  const count = (outcome: Outcome) => all.filter((one) => one.outcome === outcome).length;
  return `${counted(all.length, noun)}: ${count('taken')} taken, ${count('there already')} there already, ${count('not taken')} not taken.`;
}

function packageLine({ old_id, outcome, id, code, reason }: PackageReport): string {
  const where = id === null || id === old_id ? '' : ` as ${id}`;
  return `  ${old_id}: ${outcome}${where}${code === null ? '' : ` (${code})`}${reason === null ? '' : `: ${reason}`}`;
}

function accountLines(account: AccountReport): string[] {
  const { old_id, outcome, id, reason, opening_balance, closing_balance, positions_taken } = account;
  const where = id === null || id === old_id ? '' : ` as ${id}`;
  const money =
    opening_balance === null || closing_balance === null
      ? ''
      : `, ${counted(positions_taken, 'position')}, ${opening_balance.toFixed(2)} to ${closing_balance.toFixed(2)} USDT`;
  const left = account.positions_not_taken;
  const named = left
    .slice(0, MAX_POSITIONS_SHOWN)
    .map((one) => `    position ${one.old_id} not taken: ${one.reason}`);
  return [
    `  ${old_id}: ${outcome}${where}${money}${reason === null ? '' : `: ${reason}`}`,
    ...account.notes.map((note) => `    ${note}`),
    ...named,
    ...(left.length > MAX_POSITIONS_SHOWN
      ? [`    and ${left.length - MAX_POSITIONS_SHOWN} more not taken (--json names them)`]
      : []),
  ];
}
