import type { EquityAnswer } from '../../../http/accounts/schema.ts';
import { getJson } from '../../data/api.ts';
import type { Candidate } from './candidate.ts';

/** An equity curve in percent of its initial balance. */
export interface Curve {
  readonly key: string;
  readonly name: string;
  /** Which of the page's line styles draws it. */
  readonly style: number;
  /** Seconds since the epoch, ascending. */
  readonly points: readonly { readonly time: number; readonly value: number }[];
}

export interface Curves {
  readonly curves: readonly Curve[];
  /** What the symbol did over the longest of them, where all trade the same. */
  readonly held: Curve['points'];
}

/** Points of each; together they stay few enough to be drawn at once. */
const MOST_POINTS = 8000;
const MOST_POINTS_EACH = 600;

/** Loads the curves of all candidates. @throws ApiError */
export async function loadCurves(candidates: readonly Candidate[], signal: AbortSignal): Promise<Curves> {
  const points = Math.max(50, Math.min(MOST_POINTS_EACH, Math.floor(MOST_POINTS / candidates.length)));
  const answers = await Promise.all(
    candidates.map(({ equity }) => getJson<EquityAnswer>(`${equity}?points=${points}`, { signal })),
  );
  const curves = candidates.map(
    ({ key, name, performance }, style): Curve => ({
      ...{ key, name, style },
      points: relative(
        answers[style]!.items,
        ({ total_equity }) => total_equity,
        performance.initial_balance,
      ),
    }),
  );
  const longest = answers.reduce(
    (best, one) => (spanOf(one) > spanOf(best) ? one : best),
    answers[0] ?? { items: [], next_cursor: null },
  );
  const isOneSymbol = new Set(candidates.map(({ symbol }) => symbol)).size === 1;
  return { curves, held: isOneSymbol ? relative(longest.items, ({ price }) => price) : [] };
}

function spanOf({ items }: EquityAnswer): number {
  const [first, last] = [items[0], items.at(-1)];
  return first === undefined || last === undefined ? 0 : Date.parse(last.time) - Date.parse(first.time);
}

/** In percent of where it began: of the first value that there is, unless given. */
function relative(
  items: EquityAnswer['items'],
  read: (item: EquityAnswer['items'][number]) => number | null,
  began?: number,
): Curve['points'] {
  const known = items.flatMap((item) => {
    const value = read(item);
    return value === null ? [] : [{ time: Math.floor(Date.parse(item.time) / 1000), value }];
  });
  const start = began ?? known[0]?.value;
  if (start === undefined || start <= 0) return [];
  return known.map(({ time, value }) => ({ time, value: (value / start - 1) * 100 }));
}
