import type { Curve } from './curves.ts';

type Points = Curve['points'];

/** First minus second at every time of either from where both have begun, in points; each keeps its last value. */
export function differenceOf(first: Points, second: Points): Points {
  const times = [...new Set([...first, ...second].map(({ time }) => time))].sort((one, other) => one - other);
  const begin = Math.max(first[0]?.time ?? Infinity, second[0]?.time ?? Infinity);
  const [valueOfFirst, valueOfSecond] = [lastValues(first), lastValues(second)];
  return times
    .filter((time) => time >= begin)
    .map((time) => ({ time, value: valueOfFirst(time) - valueOfSecond(time) }));
}

/** The value at or before a time; the times asked for ascend. */
function lastValues(points: Points): (time: number) => number {
  let index = 0;
  return (time) => {
    while (index + 1 < points.length && points[index + 1]!.time <= time) index += 1;
    return points[index]!.value;
  };
}

/** How many times as tall the scale would be with the others as with these alone, at least 1. */
export function scaleGrowth(curves: readonly Points[], others: Points): number {
  const own = spanOf(curves.flat());
  const all = spanOf([...curves.flat(), ...others]);
  return own === 0 ? Infinity : all / own;
}

function spanOf(points: Points): number {
  let [low, high] = [0, 0];
  for (const { value } of points) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}
