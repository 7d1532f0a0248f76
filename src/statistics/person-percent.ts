/** A share as people read it: `1.82 %` for 0.0182, without its sign. */
export function percentSize(share: number, digits = 2): string {
  const size = Math.abs(share * 100).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${size}\u00a0%`;
}

/** A change as people read it: `+4.10 %`, `−6.30 %`, `0.00 %`. */
export function signedPercent(share: number, digits = 2): string {
  const size = percentSize(share, digits);
  if (!/[1-9]/.test(size)) return size;
  return `${share > 0 ? '+' : '−'}${size}`;
}
