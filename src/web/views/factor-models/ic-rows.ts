import type { SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';

/** One information coefficient: Kendall's tau of a factor with a return. */
export interface IcRow {
  /** Unique among the rows of a group, also where the table has one twice. */
  readonly key: string;
  readonly factor: string;
  /** null where the table has no number. */
  readonly tau: number | null;
  /** Which input of the model it is; undefined for a factor that was not selected. */
  readonly dim: number | undefined;
  readonly symbol: string | null;
  readonly returnName: string | null;
}

/** The rows of a group's table of information coefficients. */
export function icRows({ ic_rows, factors }: Pick<SymbolDetailAnswer, 'ic_rows' | 'factors'>): IcRow[] {
  const dims = new Map(factors.map((factor, dim) => [factor, dim]));
  return ic_rows.map((row, index) => ({
    key: `${index} ${row.factor_name}`,
    factor: row.factor_name,
    tau: row.Kendall_tau,
    dim: dims.get(row.factor_name),
    symbol: row.symbol,
    returnName: row.return_name,
  }));
}

export type IcOrder = 'size' | 'value' | 'name';

/** What a row is sorted by, and which way. */
export const IC_ORDERS: Record<
  IcOrder,
  { value(row: IcRow): string | number | null; direction: 'ascending' | 'descending' }
> = {
  size: { value: ({ tau }) => (tau === null ? null : Math.abs(tau)), direction: 'descending' },
  value: { value: ({ tau }) => tau, direction: 'descending' },
  name: { value: ({ factor }) => factor, direction: 'ascending' },
};
