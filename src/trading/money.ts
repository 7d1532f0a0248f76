/** Money is rounded to 1e-8 of the quote currency. Below 90 million a float64 represents every such amount exactly enough. */
const UNITS_PER_USDT = 1e8;

/** The largest balance at which a float64 still distinguishes steps of 1e-8. */
export const MAX_BALANCE = 10_000_000;

/** Returns are shares of the balance; below this they would be shares of a rounding error. */
export const MIN_BALANCE = 1;

/** Rounds an amount to 1e-8; never returns -0. */
export function roundMoney(amount: number): number {
  return Math.round(amount * UNITS_PER_USDT) / UNITS_PER_USDT + 0;
}

/** The exact sum of two amounts that are rounded to 1e-8. */
export function addMoney(a: number, b: number): number {
  return (Math.round(a * UNITS_PER_USDT) + Math.round(b * UNITS_PER_USDT)) / UNITS_PER_USDT + 0;
}
