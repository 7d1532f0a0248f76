import type { Pipeline } from './pipeline.ts';

/** Share of the first candle in a feature above which it still counts (pipelines.md#10). */
const MAX_MEMORY = 0.001;

/**
 * Warns of features that, in the first row a forecast uses, still depend on the candle that a window happens to begin
 * with: the same candle gives other numbers in another window.
 * @returns a sentence, or none
 */
export function memoryWarning({ features, historyCandles, lookbackSteps }: Pipeline): string[] {
  const rows = historyCandles - lookbackSteps;
  const held = features.flatMap(({ name, family, parameters }) => {
    const share = family.memory?.(parameters, rows) ?? 0;
    return share > MAX_MEMORY ? [`${name} (${(100 * share).toFixed(1)} %)`] : [];
  });
  if (held.length === 0) return [];
  return [
    `After ${rows} candles the first one still counts in ${held.slice(0, 5).join(', ')}` +
      `${held.length > 5 ? ` and ${held.length - 5} more features` : ''}; set history_candles above ${historyCandles}.`,
  ];
}

/**
 * Rows after which the first candle does not count in any feature any more; at most as many as there are before the first
 * row that a forecast uses.
 */
export function settlingRows({
  features,
  warmUpRows,
  historyCandles,
  lookbackSteps,
}: Pick<Pipeline, 'features' | 'warmUpRows' | 'historyCandles' | 'lookbackSteps'>): number {
  const most = historyCandles - lookbackSteps;
  let rows = warmUpRows;
  for (const { family, parameters } of features) {
    while (rows < most && (family.memory?.(parameters, rows) ?? 0) > MAX_MEMORY) rows += 1;
  }
  return rows;
}
