import { type FeatureFamily, wilderMemory } from '../family.ts';
import { atrColumn, logReturnColumn, momentsColumns } from '../recurrences.ts';

export const VOLATILITY_FAMILIES: readonly FeatureFamily[] = [
  {
    template: 'vol_N',
    definition: 'population standard deviation of ret_1 over the last N candles',
    smallest: { N: 2 },
    firstRow: ({ N }) => N!,
    column: (series, { N }) => momentsColumns(series, 'ret_1', logReturnColumn(series, 1), N!, 1)[1],
  },
  {
    template: 'atr_N',
    definition: 'Wilder average of the true range, in price units; the first true range is H - L',
    firstRow: () => 0,
    memory: wilderMemory,
    column: (series, { N }) => atrColumn(series, N!),
  },
];
