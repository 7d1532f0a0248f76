/** A forecast as the API gives it. */
export interface Forecast {
  /** Close time of its decision candle, ISO 8601. */
  readonly asOf: string;
  /** Close of that candle. */
  readonly price: number;
  /** Low, mid and high of ln(close[t+h]/close[t]), a row for each step h = 1, 2, ... of one decision candle. */
  readonly values: readonly (readonly [number, number, number])[];
  /** Length of a step. */
  readonly stepMs: number;
}

/** A forecast in prices, at some instants: the first is that of its candle, whose close all quantiles have. */
export interface Fan {
  /** ms since the epoch, ascending. */
  readonly times: Float64Array;
  readonly low: Float64Array;
  readonly mid: Float64Array;
  readonly high: Float64Array;
}

/** How far a forecast looks ahead, in ms. */
export function horizonMs({ values, stepMs }: Pick<Forecast, 'values' | 'stepMs'>): number {
  return values.length * stepMs;
}

/** The quantiles in ascending order; those of a model may cross. */
function sortedQuantiles(values: readonly [number, number, number]): [number, number, number] {
  return [...values].sort((a, b) => a - b) as [number, number, number];
}

/** The prices of a forecast. */
export function fanOf({ asOf, price, values, stepMs }: Forecast): Fan {
  const steps = values.map((quantiles, index) => [index + 1, ...quantiles] as const);
  return fanOfSteps(Date.parse(asOf), price, stepMs, steps);
}

/**
 * The prices of a forecast of which some steps are known.
 * @param start close time of its candle, ms since the epoch
 * @param steps ascending: step, and low, mid and high of ln(close[t+h]/close[t])
 */
export function fanOfSteps(
  start: number,
  price: number,
  stepMs: number,
  steps: readonly (readonly [step: number, low: number, mid: number, high: number])[],
): Fan {
  const times = new Float64Array(steps.length + 1).fill(start);
  const [low, mid, high] = [0, 1, 2].map(() => new Float64Array(times.length).fill(price));
  for (const [index, [step, ...quantiles]] of steps.entries()) {
    times[index + 1] = start + step * stepMs;
    const sorted = sortedQuantiles(quantiles);
    low![index + 1] = price * Math.exp(sorted[0]);
    mid![index + 1] = price * Math.exp(sorted[1]);
    high![index + 1] = price * Math.exp(sorted[2]);
  }
  return { times, low: low!, mid: mid!, high: high! };
}

/** Close time of the candle of a fan, ms since the epoch. */
export function startOf({ times }: Fan): number {
  return times[0]!;
}

/** The last instant of a fan, ms since the epoch. */
export function endOf({ times }: Fan): number {
  return times.at(-1)!;
}

/** The quantiles of a fan at an instant, between its points; undefined before its start and after its end. */
export function quantilesAt(
  { times, low, mid, high }: Fan,
  time: number,
): [number, number, number] | undefined {
  const after = times.findIndex((one) => one >= time);
  if (after === -1 || time < times[0]!) return undefined;
  const before = Math.max(0, after - 1);
  const share = after === before ? 0 : (time - times[before]!) / (times[after]! - times[before]!);
  const between = (values: Float64Array) => values[before]! + (values[after]! - values[before]!) * share;
  return [between(low), between(mid), between(high)];
}

/** Opacity of the band of a past forecast: 0.16 for the newest (age 1), paler the older it is, never below 0.06. */
export function bandOpacity(age: number): number {
  return Math.max(0.06, 0.16 * 0.78 ** (age - 1));
}

/** Opacity of its middle line. */
export function lineOpacity(age: number): number {
  return Math.max(0.25, 0.7 * 0.8 ** (age - 1));
}

/** The points of a fan to draw: one before `from`, one after `to`, and between them not more than one per `minMs`. */
export function drawnPoints({ times }: Fan, from: number, to: number, minMs: number): number[] {
  const points: number[] = [];
  for (let index = 0; index < times.length; index++) {
    const isEdge = index === times.length - 1 || times[index]! > to;
    const previous = points.at(-1);
    if (!isEdge && times[index + 1]! < from) continue;
    if (isEdge || previous === undefined || times[index]! - times[previous]! >= minMs) points.push(index);
    if (times[index]! > to) break;
  }
  return points;
}
