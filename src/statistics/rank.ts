import type { Performance } from './performance.ts';

/**
 * Ranks by return, from 1, among records that support ratios (statistics.md#22); null for the others, and where there is
 * only one.
 */
export function rankByReturn(
  performances: readonly Pick<Performance, 'totalReturn' | 'withheld'>[],
): (number | null)[] {
  const ranked = performances.filter(({ withheld }) => withheld.rank === undefined);
  return performances.map(({ totalReturn, withheld }) =>
    withheld.rank !== undefined || ranked.length < 2
      ? null
      : 1 + ranked.filter((other) => other.totalReturn > totalReturn).length,
  );
}
