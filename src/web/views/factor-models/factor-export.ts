import type { FactorUsesAnswer } from '../../../http/factor-models/schema.ts';

/** The factors with the groups that use them, as JSON. */
export function factorUsesJson({ groups, items }: FactorUsesAnswer): string {
  const factors = items.map(({ factor_name, groups: indexes, kendall_taus }) => ({
    factor_name,
    uses: indexes.map((index, use) => ({ ...groups[index], kendall_tau: kendall_taus[use] })),
  }));
  return `${JSON.stringify(factors, null, 2)}\n`;
}

const COLUMNS = ['factor_name', 'symbol', 'group_key', 'return_name', 'kendall_tau'];

/** The factors as CSV (RFC 4180), one row per use. */
export function factorUsesCsv({ groups, items }: FactorUsesAnswer): string {
  const rows = items.flatMap(({ factor_name, groups: indexes, kendall_taus }) =>
    indexes.map((index, use) => {
      const { symbol, group_key, return_name } = groups[index]!;
      return [factor_name, symbol, group_key, return_name, kendall_taus[use]].map(csvField).join(',');
    }),
  );
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

/** Spreadsheets compute what begins like this, also in quotes; names come from the files of others. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r]/;

function csvField(value: string | number | null | undefined): string {
  const plain = String(value ?? '');
  const text = typeof value === 'string' && FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
