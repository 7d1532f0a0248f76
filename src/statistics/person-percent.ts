/** By digits after the point. To build one takes as long as to use it a hundred times. */
const formats = new Map<number, Intl.NumberFormat>();

/** A share as people read it: `1.82 %` for 0.0182, without its sign. */
export function percentSize(share: number, digits = 2): string {
  const known = formats.get(digits);
  const format =
    known ?? new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (known === undefined) formats.set(digits, format);
  return `${format.format(Math.abs(share * 100))}\u00a0%`;
}

/** A change as people read it: `+4.10 %`, `−6.30 %`, `0.00 %`. */
export function signedPercent(share: number, digits = 2): string {
  const size = percentSize(share, digits);
  if (!/[1-9]/.test(size)) return size;
  return `${share > 0 ? '+' : '−'}${size}`;
}
