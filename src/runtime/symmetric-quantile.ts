/**
 * The number below which a variable lies with probability `p`; -Infinity at 0, Infinity at 1.
 * @param upperTail of a distribution that is symmetric around 0: the probability of more than a number of 0 or more
 * @throws RangeError unless `p` is in 0..1
 */
export function symmetricQuantile(upperTail: (x: number) => number, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability must be in 0..1, not ${p}.`);
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  if (p === 0.5) return 0;
  const distance = rootOf(upperTail, Math.min(p, 1 - p));
  return p < 0.5 ? -distance : distance;
}

/**
 * The `x` of 0 or more where `decreasing(x)` falls to `value`, to the last bit: by bisection, after the range has been
 * doubled until it holds `x`.
 * @param decreasing falls from above `value` at 0 to below it
 */
function rootOf(decreasing: (x: number) => number, value: number): number {
  let above = 1;
  while (decreasing(above) > value && above < Number.MAX_VALUE / 2) above *= 2;
  let below = 0;
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return middle;
    if (decreasing(middle) > value) below = middle;
    else above = middle;
  }
}
