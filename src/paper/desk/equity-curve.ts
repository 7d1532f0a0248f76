import type { EquityPoint } from '../journal.ts';

/**
 * At most `points` (3 or more) of a curve: the first, the last, and of each stretch between them the lowest or the
 * highest in turn, so that neither peaks nor falls are lost.
 */
export function reducedCurve(curve: readonly EquityPoint[], points: number): readonly EquityPoint[] {
  if (curve.length <= points) return curve;
  const first = curve[0] as EquityPoint;
  const last = curve.at(-1) as EquityPoint;
  const inner = curve.slice(1, -1);
  const buckets = Math.max(1, Math.floor((points - 2) / 2));
  const kept: EquityPoint[] = [first];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const part = inner.slice(
      Math.floor((bucket * inner.length) / buckets),
      Math.floor(((bucket + 1) * inner.length) / buckets),
    );
    const lowest = part.reduce((a, b) => (b.equity < a.equity ? b : a));
    const highest = part.reduce((a, b) => (b.equity > a.equity ? b : a));
    const pair = lowest.time <= highest.time ? [lowest, highest] : [highest, lowest];
    kept.push(...(lowest === highest || points - 2 < 2 ? pair.slice(0, 1) : pair));
  }
  return [...kept, last];
}
