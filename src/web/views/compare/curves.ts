import type { EquityAnswer } from '../../../http/equity/schema.ts';
import { getJson } from '../../data/api.ts';
import { withQuery } from '../../data/urls.ts';
import type { ComparedAccount } from './compared-account.ts';

/** An equity curve in percent of its initial balance. */
export interface Curve {
  readonly key: string;
  readonly name: string;
  /** Index of its line style. */
  readonly style: number;
  /** Times in seconds since the epoch, ascending. */
  readonly points: readonly { readonly time: number; readonly value: number }[];
}

export interface Curves {
  readonly curves: readonly Curve[];
  /** The price over the longest curve; empty when the accounts trade different symbols. */
  readonly holding: Curve['points'];
}

/** Key of the curve of holding. */
export const HOLDING = 'holding';

/** With more curves or points, drawing would be slow. */
const MAX_POINTS = 8000;
const MAX_POINTS_PER_CURVE = 600;
const MIN_POINTS_PER_CURVE = 50;

/** Loads the equity curves of the accounts. @throws ApiError */
export async function loadCurves(accounts: readonly ComparedAccount[], signal: AbortSignal): Promise<Curves> {
  const share = Math.floor(MAX_POINTS / accounts.length);
  const points = String(Math.max(MIN_POINTS_PER_CURVE, Math.min(MAX_POINTS_PER_CURVE, share)));
  const answers = await Promise.all(
    accounts.map(({ equityPath }) => getJson<EquityAnswer>(withQuery(equityPath, { points }), { signal })),
  );
  const curves = accounts.map(({ key, name, performance }, style): Curve => {
    const { items } = answers[style]!;
    return { key, name, style, points: relative(items, 'total_equity', performance.initial_balance) };
  });
  const longest = answers.toSorted((one, other) => spanOf(other) - spanOf(one))[0];
  const isOneSymbol = new Set(accounts.map(({ symbol }) => symbol)).size === 1;
  return { curves, holding: isOneSymbol ? relative(longest?.items ?? [], 'price') : [] };
}

function spanOf({ items }: EquityAnswer): number {
  const [first, last] = [items[0], items.at(-1)];
  return first === undefined || last === undefined ? 0 : Date.parse(last.time) - Date.parse(first.time);
}

/** The change in percent since `start`, which is the first known value unless given. */
function relative(
  items: EquityAnswer['items'],
  field: 'total_equity' | 'price',
  start?: number,
): Curve['points'] {
  const known = items.flatMap((item) => {
    const value = item[field];
    return value === null ? [] : [{ time: Math.floor(Date.parse(item.time) / 1000), value }];
  });
  const from = start ?? known[0]?.value;
  if (from === undefined || from <= 0) return [];
  return known.map(({ time, value }) => ({ time, value: (value / from - 1) * 100 }));
}
