import { fixed, signed } from '../../format/numbers.ts';

const DIGITS = 4;

/** Kendall's tau, between −1 and 1, with its sign: `+0.0231`. */
export function tau(value: number | null | undefined): string {
  return signed(value, (one) => fixed(one, DIGITS));
}

/** The largest size of any of these, 0 where there is none. */
export function largestOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((largest, value) => Math.max(largest, Math.abs(value ?? 0)), 0);
}

/** The next of 1, 2, 2.5 and 5 times a power of ten: the end of an axis that reaches as far as a value. */
export function axisEnd(largest: number): number {
  if (!(largest > 0)) return 0.1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= largest * (1 - 1e-9)) ?? 10;
  return step * power;
}
