import type { FeatureFamily } from '../family.ts';
import { logReturnColumn } from '../recurrences.ts';

export const RETURN_FAMILIES: readonly FeatureFamily[] = [
  {
    template: 'ret_N',
    definition: 'ln(C[t]/C[t-N])',
    firstRow: ({ N }) => N!,
    column: (series, { N }) => logReturnColumn(series, N!),
  },
  {
    template: 'roc_N',
    definition: 'C[t]/C[t-N] - 1',
    firstRow: ({ N }) => N!,
    column: (series, { N }) =>
      series.derive(`roc_${N}`, ({ close }) => (values, from, to) => {
        for (let t = from; t < to; t++) values[t] = t < N! ? Number.NaN : close[t]! / close[t - N!]! - 1;
      }),
  },
];
