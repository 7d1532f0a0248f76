import {
  HOUR_COS,
  HOUR_SIN,
  stepsToNextFunding,
  utcHour,
  utcWeekday,
  WEEKDAY_COS,
  WEEKDAY_SIN,
} from '../calendar.ts';
import type { CandleSeries, Fill } from '../candle-series.ts';
import type { FeatureFamily } from '../family.ts';
import { ownCandleFamily } from './own-candle-family.ts';

function hourFill(wave: Float64Array): (series: CandleSeries) => Fill {
  return ({ openTime }) =>
    (values, from, to) => {
      for (let t = from; t < to; t++) values[t] = wave[utcHour(openTime[t]!)]!;
    };
}

function weekdayFill(wave: Float64Array): (series: CandleSeries) => Fill {
  return ({ openTime }) =>
    (values, from, to) => {
      for (let t = from; t < to; t++) values[t] = wave[utcWeekday(openTime[t]!)]!;
    };
}

export const CALENDAR_AND_FUNDING_FAMILIES: readonly FeatureFamily[] = [
  ownCandleFamily('hour_sin', 'sin(2*pi*hour/24), UTC hour of the open time', hourFill(HOUR_SIN)),
  ownCandleFamily('hour_cos', 'cos(2*pi*hour/24)', hourFill(HOUR_COS)),
  ownCandleFamily('dow_sin', 'sin(2*pi*weekday/7), Monday = 0', weekdayFill(WEEKDAY_SIN)),
  ownCandleFamily('dow_cos', 'cos(2*pi*weekday/7)', weekdayFill(WEEKDAY_COS)),
  ownCandleFamily('hour_utc', 'UTC hour of the open time, 0..23', ({ openTime }) => (values, from, to) => {
    for (let t = from; t < to; t++) values[t] = utcHour(openTime[t]!);
  }),
  ownCandleFamily(
    'dow_utc',
    'UTC weekday of the open time, Monday = 0',
    ({ openTime }) =>
      (values, from, to) => {
        for (let t = from; t < to; t++) values[t] = utcWeekday(openTime[t]!);
      },
  ),
  {
    template: 'funding_rate_now',
    definition: 'latest funding rate with time <= open time, 0 before the first',
    firstRow: () => 0,
    column: ({ fundingRate }) => fundingRate,
  },
  ownCandleFamily(
    'time_to_next_funding_steps',
    '15-minute steps until the next multiple of 8 hours (UTC) after the open time, in every timeframe',
    ({ openTime }) =>
      (values, from, to) => {
        for (let t = from; t < to; t++) values[t] = stepsToNextFunding(openTime[t]!);
      },
  ),
];
