/** Amounts are kept in quote currency, to 1e-8; below 90 million a float64 holds every such amount exactly enough. */
const UNITS = 1e8;

/** The largest balance whose hundred-millionths a float64 can still tell apart. */
export const LARGEST_BALANCE = 10_000_000;

/** Returns are shares of it: far below this they would be shares of what rounds to nothing. */
export const SMALLEST_BALANCE = 1;

/** Rounds an amount to 1e-8; never gives -0. */
export function roundMoney(amount: number): number {
  return Math.round(amount * UNITS) / UNITS + 0;
}

/** The exact sum of two amounts that are rounded to 1e-8. */
export function addMoney(a: number, b: number): number {
  return (Math.round(a * UNITS) + Math.round(b * UNITS)) / UNITS + 0;
}
