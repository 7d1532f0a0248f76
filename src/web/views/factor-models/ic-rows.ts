import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';
import type { SortOrder } from '../../components/sort-rows.ts';

/** An information coefficient: Kendall's tau of a factor with a return. */
export interface IcRow {
  /** Unique even if the table has a factor twice. */
  readonly key: string;
  readonly factor: string;
  /** null where the table has no number. */
  readonly tau: number | null;
  /** The input of the model that the factor is; undefined for a factor that was not selected. */
  readonly dim: number | undefined;
  readonly symbol: string | null;
  readonly returnName: string | null;
}

/** The information coefficients of a group. */
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

export function sizeOf({ tau }: IcRow): number | null {
  return tau === null ? null : Math.abs(tau);
}

export type IcOrder = 'size' | 'value' | 'name';

export const IC_ORDERS: Record<
  IcOrder,
  { value(row: IcRow): string | number | null; direction: SortOrder['direction'] }
> = {
  size: { value: sizeOf, direction: 'descending' },
  value: { value: ({ tau }) => tau, direction: 'descending' },
  name: { value: ({ factor }) => factor, direction: 'ascending' },
};
