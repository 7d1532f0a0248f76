export interface SortOrder {
  /** Key of the column. */
  readonly key: string;
  readonly direction: 'ascending' | 'descending';
}

type Value = string | number | null | undefined;

const nameOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The rows sorted by a value. Missing values come last in both directions; equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  value: (row: Row) => Value,
  direction: SortOrder['direction'],
): Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const keyed = rows.map((row) => ({ row, value: value(row) }));
  keyed.sort((one, other) => {
    const missing = Number(isMissing(one.value)) - Number(isMissing(other.value));
    if (missing !== 0 || isMissing(one.value)) return missing;
    return sign * compare(one.value, other.value);
  });
  return keyed.map(({ row }) => row);
}

function isMissing(value: Value): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function compare(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return nameOrder.compare(String(one), String(other));
}
