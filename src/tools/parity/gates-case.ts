import { z } from 'zod';
import { snakeKeys } from '../../runtime/key-case.ts';
import { withheldFigures } from '../../statistics/gates.ts';
import { goldenCase } from './golden-case.ts';
import { goldenCodes } from './golden-codes.ts';

const shape = z
  .object({
    days: z.number(),
    active_days: z.number(),
    losing_days: z.number(),
    equal_days: z.boolean(),
    span_days: z.number(),
    ruined: z.boolean(),
    drawdown: z.number(),
    lots: z.number(),
    wins: z.number(),
    losses: z.number(),
    episodes: z.number(),
  })
  .transform(({ active_days, losing_days, equal_days, span_days, episodes, ...counts }) => ({
    ...counts,
    activeDays: active_days,
    losingDays: losing_days,
    equalDays: equal_days,
    spanDays: span_days,
    positions: episodes,
    positionsWithClosedLots: episodes,
  }));

/** The figures that a record does not support. */
export const gatesCase = goldenCase(
  { name: 'gates', fields: ['active_days', 'episodes', 'span_days'], toleranceOf: () => undefined },
  shape,
  (counts) => snakeKeys(goldenCodes(withheldFigures(counts))),
);
