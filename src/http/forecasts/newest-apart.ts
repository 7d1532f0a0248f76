/**
 * Times that are at least `every` apart, from the newest back.
 * @param times in order; all in ms
 */
export function newestApart(times: readonly number[], every: number): number[] {
  const chosen: number[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const time of times.toReversed()) {
    if (time > next) continue;
    chosen.push(time);
    next = time - every;
  }
  return chosen.reverse();
}
