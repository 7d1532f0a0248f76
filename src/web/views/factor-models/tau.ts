import { fixed, signed } from '../../format/numbers.ts';

const DIGITS = 4;

/** Kendall's tau, between −1 and 1: `+0.0231`. */
export function formatTau(tau: number | null | undefined): string {
  return signed(tau, formatTauSize);
}

/** A tau without a plus sign: `0.0231`. */
export function formatTauSize(tau: number | null | undefined): string {
  return fixed(tau, DIGITS);
}

/** The largest absolute value; 0 where there is none. */
export function largestSize(values: readonly (number | null)[]): number {
  return values.reduce<number>((largest, value) => Math.max(largest, Math.abs(value ?? 0)), 0);
}

/** The end of an axis that contains a value: 1, 2, 2.5 or 5 times a power of ten. */
export function axisEnd(largest: number): number {
  if (!(largest > 0)) return 0.1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= largest * (1 - 1e-9)) ?? 10;
  return step * power;
}
