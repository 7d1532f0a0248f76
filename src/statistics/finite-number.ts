/** The number, null if it is not finite; 0 instead of -0. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}
