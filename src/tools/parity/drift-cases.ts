import { z } from 'zod';
import { type DriftState, NO_DRIFT, nextDriftState } from '../../statistics/drift-state.ts';
import { driftWindowOf, featureDayOf, mergeDays, stabilityIndex } from '../../statistics/feature-days.ts';
import { watchOf } from '../../statistics/watched-features.ts';
import { goldenCase } from './golden-case.ts';
import { STATISTICS_TOLERANCE } from './tolerances.ts';

const number = z.number();
const DAYS_OF_WEEK = 7;

const windowsShape = z.object({
  kind: z.literal('windows'),
  feature: z.string(),
  mean: number,
  scale: number.positive(),
  rows: z.array(number),
  rows_per_day: number.int().positive(),
  psi_edges: z.array(number),
  psi_shares: z.array(number),
});

/** Windows of one feature against its training range (statistics.md#80, statistics.md#81, statistics.md#85). */
export const driftWindowsCase = goldenCase(
  {
    name: 'drift windows',
    fields: ['feature', 'rows', 'rows_per_day'],
    toleranceOf: () => STATISTICS_TOLERANCE,
  },
  windowsShape,
  ({ feature, mean, scale, rows, rows_per_day, psi_edges: edges, psi_shares: shares }) => {
    const training = { mean, scale, quantiles: { edges, shares } };
    const days = Array.from({ length: Math.floor(rows.length / rows_per_day) }, (_, day) =>
      featureDayOf(rows.slice(day * rows_per_day, (day + 1) * rows_per_day), training),
    );
    const weeks = days
      .slice(DAYS_OF_WEEK - 1)
      .map((_, first) => mergeDays(days.slice(first, first + DAYS_OF_WEEK)));
    const { isWatched, inPriceUnits } = watchOf(feature);
    const lastWeek = weeks.at(-1);
    return {
      watched: isWatched,
      in_price_units: inPriceUnits,
      days: days.map((day) => driftWindowOf(day, training)),
      weeks: weeks.map((week) => driftWindowOf(week, training)),
      psi_last_week: lastWeek === undefined ? null : stabilityIndex(lastWeek, training),
    };
  },
);

const alertShape = z.object({
  kind: z.literal('alert'),
  quiet_days: number.int().positive(),
  days: z.array(
    z.object({ zd: number, constant: z.boolean(), zw: number.nullable(), bw: number.nullable() }),
  ),
});

/** The state of a feature's alert from day to day (statistics.md#82, statistics.md#83). */
export const driftAlertCase = goldenCase(
  { name: 'drift alert', fields: ['quiet_days', 'days'], toleranceOf: () => undefined },
  alertShape,
  ({ quiet_days, days }) => {
    let current: DriftState = NO_DRIFT;
    const states = days.map(({ zd, constant, zw, bw }) => {
      const day = { zDay: zd, isConstant: constant, zWeek: zw, beyond3Week: bw };
      current = nextDriftState(current, day, quiet_days);
      return current.state;
    });
    return { states };
  },
);
