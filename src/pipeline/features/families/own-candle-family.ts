import type { CandleSeries, Fill } from '../candle-series.ts';
import type { FeatureFamily } from '../family.ts';

/** A feature of one candle alone, without numbers in its name. */
export function ownCandleFamily(
  template: string,
  definition: string,
  create: (series: CandleSeries) => Fill,
): FeatureFamily {
  return { template, definition, firstRow: () => 0, column: (series) => series.derive(template, create) };
}
