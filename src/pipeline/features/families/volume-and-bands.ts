import type { CandleSeries, Column, Fill } from '../candle-series.ts';
import type { FeatureFamily } from '../family.ts';
import { logVolumeColumn, momentsColumns } from '../recurrences.ts';

/** Distance of a column from its mean over N rows in population standard deviations, 0 where these are 0. */
function zScoreFill(series: CandleSeries, key: string, source: Column, period: number): Fill {
  const [mean, deviation] = momentsColumns(series, key, source, period);
  return (values, from, to) => {
    for (let t = from; t < to; t++)
      values[t] = deviation[t] === 0 ? 0 : (source[t]! - mean[t]!) / deviation[t]!;
  };
}

const windowRules = {
  smallest: { N: 2 },
  firstRow: ({ N }: Readonly<Record<string, number>>) => N! - 1,
};

export const VOLUME_AND_BAND_FAMILIES: readonly FeatureFamily[] = [
  {
    template: 'vol_log',
    definition: 'ln(1 + V); a negative volume counts as 0',
    firstRow: () => 0,
    column: logVolumeColumn,
  },
  {
    ...windowRules,
    template: 'vol_z_N',
    definition: '(vol_log - its mean over N)/its population standard deviation over N, 0 where that is 0',
    column: (series, { N }) =>
      series.derive(`vol_z_${N}`, () => zScoreFill(series, 'vol_log', logVolumeColumn(series), N!)),
  },
  {
    ...windowRules,
    template: 'close_z_N',
    definition: '(C - mean over N)/population standard deviation over N, 0 where that is 0',
    column: (series, { N }) =>
      series.derive(`close_z_${N}`, ({ close }) => zScoreFill(series, 'close', close, N!)),
  },
  {
    ...windowRules,
    template: 'bb_pctb_N_K',
    definition:
      '(C - lower)/(upper - lower) of the bands SMA(N) ± K population standard deviations, 0.5 where flat',
    column: (series, { N, K }) =>
      series.derive(`bb_pctb_${N}_${K}`, ({ close }) => {
        const [mean, deviation] = momentsColumns(series, 'close', close, N!);
        return (values, from, to) => {
          for (let t = from; t < to; t++) {
            const band = K! * deviation[t]!;
            values[t] = band === 0 ? 0.5 : (close[t]! - (mean[t]! - band)) / (2 * band);
          }
        };
      }),
  },
  {
    ...windowRules,
    template: 'bb_width_N_K',
    definition: '(upper - lower)/SMA(N) of the bands SMA(N) ± K population standard deviations',
    column: (series, { N, K }) =>
      series.derive(`bb_width_${N}_${K}`, ({ close }) => {
        const [mean, deviation] = momentsColumns(series, 'close', close, N!);
        return (values, from, to) => {
          for (let t = from; t < to; t++) values[t] = (2 * K! * deviation[t]!) / mean[t]!;
        };
      }),
  },
];
