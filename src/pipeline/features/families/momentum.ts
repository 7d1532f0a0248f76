import type { CandleSeries, Column, Fill } from '../candle-series.ts';
import { type FeatureFamily, wilderMemory } from '../family.ts';
import { wilderAverage } from '../indicators.ts';
import {
  atrColumn,
  highestColumn,
  lowestColumn,
  momentsColumns,
  rsiColumn,
  typicalPriceColumn,
} from '../recurrences.ts';

/** Wilder's ADX, 0..100. Rows before the first directional movement are 0 and do not enter the average of DX. */
function adxFill(series: CandleSeries, period: number): Fill {
  const { high, low } = series;
  const atr = atrColumn(series, period);
  const plus = wilderAverage(period);
  const minus = wilderAverage(period);
  const index = wilderAverage(period);
  return (values, from, to) => {
    for (let t = from; t < to; t++) {
      const up = t === 0 ? 0 : high[t]! - high[t - 1]!;
      const down = t === 0 ? 0 : low[t - 1]! - low[t]!;
      const rising = plus.push(up > down && up > 0 ? up : 0);
      const falling = minus.push(down > up && down > 0 ? down : 0);
      if (t === 0) values[t] = Number.NaN;
      else if (rising + falling === 0 || atr[t] === 0)
        values[t] = Number.isNaN(index.value) ? 0 : index.value;
      else {
        const plusIndicator = (100 * rising) / atr[t]!;
        const minusIndicator = (100 * falling) / atr[t]!;
        const sum = plusIndicator + minusIndicator;
        values[t] = index.push((100 * Math.abs(plusIndicator - minusIndicator)) / sum);
      }
    }
  };
}

/** (C - lowest low)/(highest high - lowest low) of N candles, 0.5 where flat. */
function stochasticColumn(series: CandleSeries, period: number): Column {
  return series.derive(`stoch_k_${period}`, ({ close }) => {
    const highest = highestColumn(series, period);
    const lowest = lowestColumn(series, period);
    return (values, from, to) => {
      for (let t = from; t < to; t++) {
        const range = highest[t]! - lowest[t]!;
        values[t] = range === 0 ? 0.5 : (close[t]! - lowest[t]!) / range;
      }
    };
  });
}

function williamsFill(series: CandleSeries, period: number): Fill {
  const { close } = series;
  const highest = highestColumn(series, period);
  const lowest = lowestColumn(series, period);
  return (values, from, to) => {
    for (let t = from; t < to; t++) {
      const range = highest[t]! - lowest[t]!;
      values[t] = range === 0 ? -50 : (-100 * (highest[t]! - close[t]!)) / range;
    }
  };
}

/** Commodity channel index: distance from the mean of the typical price in mean absolute deviations. */
function commodityChannelFill(series: CandleSeries, period: number): Fill {
  const typical = typicalPriceColumn(series);
  const [mean] = momentsColumns(series, 'typical_price', typical, period);
  return (values, from, to) => {
    for (let t = from; t < to; t++) {
      let absolute = 0;
      for (let row = Math.max(0, t - period + 1); row <= t; row++)
        absolute += Math.abs(typical[row]! - mean[t]!);
      values[t] = absolute === 0 ? 0 : (typical[t]! - mean[t]!) / (0.015 * (absolute / period));
    }
  };
}

/** Typical price times volume of the candles whose typical price rose (1) or fell (-1), 0 for the others. */
function moneyFlowColumn(series: CandleSeries, sign: 1 | -1): Column {
  const typical = typicalPriceColumn(series);
  return series.derive(`money_flow ${sign}`, ({ volume }) => (values, from, to) => {
    for (let t = from; t < to; t++) {
      const change = t === 0 ? 0 : typical[t]! - typical[t - 1]!;
      values[t] = change * sign > 0 ? typical[t]! * volume[t]! : 0;
    }
  });
}

/** Money flow index, 0..100; the change of the first candle is not known, so N candles need N + 1. */
function moneyFlowIndexFill(series: CandleSeries, period: number): Fill {
  const meanFlow = (sign: 1 | -1) =>
    momentsColumns(series, `money_flow ${sign}`, moneyFlowColumn(series, sign), period, 1)[0];
  const gains = meanFlow(1);
  const losses = meanFlow(-1);
  return (values, from, to) => {
    for (let t = from; t < to; t++) {
      if (losses[t] === 0) values[t] = gains[t] === 0 ? 50 : 100;
      else values[t] = 100 - 100 / (1 + gains[t]! / losses[t]!);
    }
  };
}

export const MOMENTUM_FAMILIES: readonly FeatureFamily[] = [
  {
    template: 'adx_N',
    definition:
      'Wilder average of DX = 100*|+DI - -DI|/(+DI + -DI), which starts with the first directional movement; 0 before it',
    firstRow: () => 1,
    memory: wilderMemory,
    column: (series, { N }) => series.derive(`adx_${N}`, () => adxFill(series, N!)),
  },
  {
    template: 'rsi_N',
    definition: 'Wilder RSI; 50 before any movement, 100 without losses',
    firstRow: () => 0,
    memory: wilderMemory,
    column: (series, { N }) => rsiColumn(series, N!),
  },
  {
    template: 'stoch_k_N',
    definition: '(C - lowest L(N))/(highest H(N) - lowest L(N)), 0.5 where flat',
    firstRow: ({ N }) => N! - 1,
    column: (series, { N }) => stochasticColumn(series, N!),
  },
  {
    template: 'stoch_d_N_M',
    definition: 'SMA(M) of stoch_k_N',
    firstRow: ({ N, M }) => N! + M! - 2,
    column: (series, { N, M }) =>
      momentsColumns(series, `stoch_k_${N}`, stochasticColumn(series, N!), M!, N! - 1)[0],
  },
  {
    template: 'willr_N',
    definition: '-100*(highest H(N) - C)/(highest H(N) - lowest L(N)), -50 where flat',
    firstRow: ({ N }) => N! - 1,
    column: (series, { N }) => series.derive(`willr_${N}`, () => williamsFill(series, N!)),
  },
  {
    template: 'cci_N',
    definition: '(TP - SMA(N) of TP)/(0.015*mean absolute deviation), TP = (H + L + C)/3; 0 where flat',
    firstRow: ({ N }) => N! - 1,
    rowsRead: ({ N }) => N!,
    column: (series, { N }) => series.derive(`cci_${N}`, () => commodityChannelFill(series, N!)),
  },
  {
    template: 'mfi_N',
    definition:
      '100 - 100/(1 + positive/negative money flow over N candles), flow = TP*V; 50 without flow, 100 without negative flow',
    firstRow: ({ N }) => N!,
    column: (series, { N }) => series.derive(`mfi_${N}`, () => moneyFlowIndexFill(series, N!)),
  },
];
