/**
 * The `x` of 0 or more where `decreasing(x)` falls to `value`, to the last bit: by bisection, after the range has been
 * doubled until it holds `x`.
 * @param decreasing falls from above `value` at 0 to below it
 */
export function rootOf(decreasing: (x: number) => number, value: number): number {
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
