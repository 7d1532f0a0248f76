import type { CandleSeries, Fill } from '../candle-series.ts';
import type { FeatureFamily } from '../family.ts';
import { ownCandleFamily } from './own-candle-family.ts';

function bodyFill({ open, close }: CandleSeries): Fill {
  return (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (close[t]! - open[t]!) / open[t]!;
  };
}

export const CANDLE_SHAPE_FAMILIES: readonly FeatureFamily[] = [
  ownCandleFamily('hl_range_pct', '(H - L)/C', ({ high, low, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (high[t]! - low[t]!) / close[t]!;
  }),
  ownCandleFamily('oc_range_pct', '(C - O)/O', bodyFill),
  ownCandleFamily('body_pct', '(C - O)/O', bodyFill),
  ownCandleFamily('upper_wick_pct', '(H - max(O, C))/C', ({ open, high, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (high[t]! - Math.max(open[t]!, close[t]!)) / close[t]!;
  }),
  ownCandleFamily('lower_wick_pct', '(min(O, C) - L)/C', ({ open, low, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (Math.min(open[t]!, close[t]!) - low[t]!) / close[t]!;
  }),
];
