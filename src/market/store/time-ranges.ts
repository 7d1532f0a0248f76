/** A range of times in ms; both ends are included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Joins ranges that are at most `distance` ms apart; the result is in order of time. */
export function joinRanges(ranges: readonly TimeRange[], distance: number): TimeRange[] {
  const joined: { from: number; to: number }[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && range.from - last.to <= distance) last.to = Math.max(range.to, last.to);
    else joined.push({ ...range });
  }
  return joined;
}

/** The ranges of times `step` ms apart, from `from` to `to`, that the ascending `times` lack. */
export function missingRanges(times: readonly number[], { from, to }: TimeRange, step: number): TimeRange[] {
  const missing: TimeRange[] = [];
  let next = from;
  for (const time of [...times, to + step]) {
    if (time > next) missing.push({ from: next, to: time - step });
    next = Math.max(next, time + step);
  }
  return missing;
}

/** How many times `step` ms apart are in a range. */
export function countIn({ from, to }: TimeRange, step: number): number {
  return Math.max((to - from) / step + 1, 0);
}
