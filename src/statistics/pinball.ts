/** Mean over the quantiles of (y - q) level if the outcome y is above q, else (q - y)(1 - level). */
export function meanPinball(
  quantiles: readonly number[],
  levels: readonly number[],
  outcome: number,
): number {
  const losses = quantiles.map((quantile, index) => {
    const above = outcome - quantile;
    return above >= 0 ? above * levels[index]! : above * (levels[index]! - 1);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
