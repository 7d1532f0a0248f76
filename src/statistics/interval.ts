/** A 90 % interval. */
export type Interval = readonly [lower: number, upper: number];

/** Levels of the ends of a 90 % interval. */
export const LOWER_LEVEL = 0.05;
export const UPPER_LEVEL = 0.95;

/** The standard normal quantile at `UPPER_LEVEL`. */
export const Z = 1.6448536269514722;
