import type { FactorUsesAnswer } from '../../../http/factor-models/schema.ts';

/** Every factor with the groups that use it, as JSON. */
export function usesJson({ groups, items }: FactorUsesAnswer): string {
  const factors = items.map(({ factor_name, groups: places, kendall_taus }) => ({
    factor_name,
    uses: places.map((place, index) => ({ ...groups[place], kendall_tau: kendall_taus[index] })),
  }));
  return `${JSON.stringify(factors, null, 2)}\n`;
}

const COLUMNS = ['factor_name', 'symbol', 'group_key', 'return_name', 'kendall_tau'];

/** The same as CSV (RFC 4180), a row for each use. */
export function usesCsv({ groups, items }: FactorUsesAnswer): string {
  const rows = items.flatMap(({ factor_name, groups: places, kendall_taus }) =>
    places.map((place, index) => {
      const { symbol, group_key, return_name } = groups[place]!;
      return [factor_name, symbol, group_key, return_name, kendall_taus[index]].map(csvField).join(',');
    }),
  );
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

function csvField(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
