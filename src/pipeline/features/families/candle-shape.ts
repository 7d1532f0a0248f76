import type { CandleSeries, Fill } from '../candle-series.ts';
import type { FeatureFamily } from '../family.ts';

/** A feature of one candle alone. */
function shapeFamily(
  template: string,
  definition: string,
  create: (series: CandleSeries) => Fill,
): FeatureFamily {
  return { template, definition, firstRow: () => 0, column: (series) => series.derive(template, create) };
}

function bodyFill({ open, close }: CandleSeries): Fill {
  return (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (close[t]! - open[t]!) / open[t]!;
  };
}

export const CANDLE_SHAPE_FAMILIES: readonly FeatureFamily[] = [
  shapeFamily('hl_range_pct', '(H - L)/C', ({ high, low, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (high[t]! - low[t]!) / close[t]!;
  }),
  shapeFamily('oc_range_pct', '(C - O)/O', bodyFill),
  shapeFamily('body_pct', '(C - O)/O', bodyFill),
  shapeFamily('upper_wick_pct', '(H - max(O, C))/C', ({ open, high, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (high[t]! - Math.max(open[t]!, close[t]!)) / close[t]!;
  }),
  shapeFamily('lower_wick_pct', '(min(O, C) - L)/C', ({ open, low, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (Math.min(open[t]!, close[t]!) - low[t]!) / close[t]!;
  }),
];
