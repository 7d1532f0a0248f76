import type { CandleSeries, Column, Fill } from './candle-series.ts';
import {
  type ExponentialAverage,
  ema,
  RelativeStrengthIndex,
  trueRange,
  wilderAverage,
} from './indicators.ts';
import { RollingMaximum } from './rolling-maximum.ts';
import { RollingMoments } from './rolling-moments.ts';

/** An exponential average of a column. */
function averageOf(source: Column, average: ExponentialAverage): Fill {
  return (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = average.push(source[t]!);
  };
}

/** EMA of the close. */
export function emaColumn(series: CandleSeries, span: number): Column {
  return series.derive(`ema_${span}`, ({ close }) => averageOf(close, ema(span)));
}

/** MACD line: EMA of the fast span minus EMA of the slow span. */
export function macdColumn(series: CandleSeries, fast: number, slow: number): Column {
  return series.derive(`macd_${fast}_${slow}`, () => {
    const fastEma = emaColumn(series, fast);
    const slowEma = emaColumn(series, slow);
    return (values, from, to) => {
      for (let t = from; t < to; t++) values[t] = fastEma[t]! - slowEma[t]!;
    };
  });
}

/** EMA of the MACD line. */
export function macdSignalColumn(series: CandleSeries, fast: number, slow: number, span: number): Column {
  const macd = macdColumn(series, fast, slow);
  return series.derive(`macd_signal_${fast}_${slow}_${span}`, () => averageOf(macd, ema(span)));
}

/** True range; that of the first candle is its range. */
function trueRangeColumn(series: CandleSeries): Column {
  return series.derive('true_range', ({ high, low, close }) => (values, from, to) => {
    for (let t = from; t < to; t++)
      values[t] = trueRange(high[t]!, low[t]!, t === 0 ? undefined : close[t - 1]!);
  });
}

/** Average true range: Wilder's average, in price units. */
export function atrColumn(series: CandleSeries, period: number): Column {
  const range = trueRangeColumn(series);
  return series.derive(`atr_${period}`, () => averageOf(range, wilderAverage(period)));
}

/** Wilder's RSI of the close, 0..100. */
export function rsiColumn(series: CandleSeries, period: number): Column {
  return series.derive(`rsi_${period}`, ({ close }) => {
    const index = new RelativeStrengthIndex(period);
    return (values, from, to) => {
      for (let t = from; t < to; t++) values[t] = index.push(t === 0 ? 0 : close[t]! - close[t - 1]!);
    };
  });
}

/** ln(close[t]/close[t-lag]) as a difference of logarithms: one logarithm per candle, as the original computes it. */
export function logReturnColumn(series: CandleSeries, lag: number): Column {
  return series.derive(`ret_${lag}`, ({ logClose }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = t < lag ? Number.NaN : logClose[t]! - logClose[t - lag]!;
  });
}

/** ln(1 + volume); a negative volume counts as 0. */
export function logVolumeColumn(series: CandleSeries): Column {
  return series.derive('vol_log', ({ volume }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = Math.log1p(Math.max(volume[t]!, 0));
  });
}

/** (high + low + close)/3. */
export function typicalPriceColumn(series: CandleSeries): Column {
  return series.derive('typical_price', ({ high, low, close }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = (high[t]! + low[t]! + close[t]!) / 3;
  });
}

/**
 * Mean and population standard deviation of the last `period` values of a column, NaN until there are as many.
 * @param key names the column
 * @param firstRow first row of the column that counts
 */
export function momentsColumns(
  series: CandleSeries,
  key: string,
  source: Column,
  period: number,
  firstRow = 0,
): readonly [mean: Column, deviation: Column] {
  return series.derivePair(`mean_${period} ${key}`, `deviation_${period} ${key}`, () => {
    const window = new RollingMoments(period);
    return (means, deviations, from, to) => {
      for (let t = from; t < to; t++) {
        if (t >= firstRow) window.push(source[t]!);
        means[t] = window.mean;
        deviations[t] = window.standardDeviation;
      }
    };
  });
}

/** Highest high of the last `period` rows, NaN until there are as many. */
export function highestColumn(series: CandleSeries, period: number): Column {
  return series.derive(`highest_${period}`, ({ high }) => {
    const window = new RollingMaximum(period);
    return (values, from, to) => {
      for (let t = from; t < to; t++) values[t] = window.push(high[t]!);
    };
  });
}

/** Lowest low of the last `period` rows, NaN until there are as many. */
export function lowestColumn(series: CandleSeries, period: number): Column {
  return series.derive(`lowest_${period}`, ({ low }) => {
    const window = new RollingMaximum(period);
    return (values, from, to) => {
      for (let t = from; t < to; t++) values[t] = -window.push(-low[t]!);
    };
  });
}
