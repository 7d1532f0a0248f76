import { emaMemory, type FeatureFamily, type Parameters } from '../family.ts';
import { emaColumn, macdColumn, macdSignalColumn, momentsColumns } from '../recurrences.ts';

const DEFAULT_MACD = { F: 12, S: 26, G: 9 };

const macdRules = {
  firstRow: () => 0,
  // The slowest of the averages forgets last.
  memory: ({ S, G }: Parameters, rows: number) => emaMemory({ N: Math.max(S!, G!) }, rows),
  problem: ({ F, S }: Parameters) =>
    F! < S! ? null : `its fast span ${F} must be smaller than its slow span ${S}`,
};

const MACD: FeatureFamily = {
  ...macdRules,
  template: 'macd_F_S_G',
  definition: 'EMA(F) - EMA(S) of the close, in price units',
  column: (series, { F, S }) => macdColumn(series, F!, S!),
};

const MACD_SIGNAL: FeatureFamily = {
  ...macdRules,
  template: 'macd_signal_F_S_G',
  definition: 'EMA(G) of macd_F_S_G',
  column: (series, { F, S, G }) => macdSignalColumn(series, F!, S!, G!),
};

const MACD_HISTOGRAM: FeatureFamily = {
  ...macdRules,
  template: 'macd_hist_F_S_G',
  definition: 'macd_F_S_G - macd_signal_F_S_G',
  column: (series, { F, S, G }) =>
    series.derive(`macd_hist_${F}_${S}_${G}`, () => {
      const macd = macdColumn(series, F!, S!);
      const signal = macdSignalColumn(series, F!, S!, G!);
      return (values, from, to) => {
        for (let t = from; t < to; t++) values[t] = macd[t]! - signal[t]!;
      };
    }),
};

/** A MACD family under its short name, which means 12, 26, 9. */
function withDefaultSpans(template: string, { column }: FeatureFamily): FeatureFamily {
  return {
    template,
    definition: `${template}_12_26_9`,
    firstRow: () => 0,
    memory: (_none, rows) => macdRules.memory(DEFAULT_MACD, rows),
    column: (series) => column(series, DEFAULT_MACD),
  };
}

export const AVERAGE_FAMILIES: readonly FeatureFamily[] = [
  {
    template: 'ema_N_dist',
    definition: '(C - EMA(N))/EMA(N)',
    firstRow: () => 0,
    memory: emaMemory,
    column: (series, { N }) =>
      series.derive(`ema_${N}_dist`, ({ close }) => {
        const ema = emaColumn(series, N!);
        return (values, from, to) => {
          for (let t = from; t < to; t++) values[t] = (close[t]! - ema[t]!) / ema[t]!;
        };
      }),
  },
  {
    template: 'ema_N_slope',
    definition: '(EMA(N)[t] - EMA(N)[t-1])/EMA(N)[t-1]',
    firstRow: () => 1,
    memory: emaMemory,
    column: (series, { N }) =>
      series.derive(`ema_${N}_slope`, () => {
        const ema = emaColumn(series, N!);
        return (values, from, to) => {
          for (let t = from; t < to; t++)
            values[t] = t === 0 ? Number.NaN : (ema[t]! - ema[t - 1]!) / ema[t - 1]!;
        };
      }),
  },
  {
    template: 'sma_N_dist',
    definition: '(C - SMA(N))/SMA(N)',
    firstRow: ({ N }) => N! - 1,
    column: (series, { N }) =>
      series.derive(`sma_${N}_dist`, ({ close }) => {
        const [mean] = momentsColumns(series, 'close', close, N!);
        return (values, from, to) => {
          for (let t = from; t < to; t++) values[t] = (close[t]! - mean[t]!) / mean[t]!;
        };
      }),
  },
  withDefaultSpans('macd', MACD),
  withDefaultSpans('macd_signal', MACD_SIGNAL),
  withDefaultSpans('macd_hist', MACD_HISTOGRAM),
  MACD,
  MACD_SIGNAL,
  MACD_HISTOGRAM,
];
