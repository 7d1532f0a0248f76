/** How a forecaster cuts its lookback into patches. */
export interface PatchShape {
  readonly patchLength: number;
  readonly patches: number;
}

/** Number of patches of a lookback: torch's `unfold` drops what does not fill a last one (pipelines.md#5). */
export function patchCount(lookback: number, patchLength: number, stride: number): number {
  return lookback < patchLength ? 0 : Math.floor((lookback - patchLength) / stride) + 1;
}

/** The whole strides, from the smallest to the largest, that cut `lookback` steps into these patches; null if none does. */
export function possibleStrides(
  { patchLength, patches }: PatchShape,
  lookback: number,
): { readonly smallest: number; readonly largest: number } | null {
  const rest = lookback - patchLength;
  if (rest < 0) return null;
  const smallest = Math.floor(rest / patches) + 1;
  // One patch has no second one to begin: every longer stride does, and none changes anything.
  const largest = patches === 1 ? smallest : Math.floor(rest / (patches - 1));
  return smallest <= largest ? { smallest, largest } : null;
}
