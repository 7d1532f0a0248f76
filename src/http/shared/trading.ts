import { z } from 'zod';
import type { ModelPackage } from '../../packages/model-package.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { time } from './fields.ts';

export const autoTrading = z
  .object({
    decided_as_of: time
      .nullable()
      .describe('close of the newest candle that the service decided on, or found decided'),
    problem: z.string().nullable().describe('why nothing is decided now; it is tried again all the time'),
    problem_since: time.nullable(),
  })
  .nullable()
  .describe('how trading by the service goes; null while it does not trade the package');

/** How trading a package by the service goes. */
export function answerOfTrading({
  autoTrade,
  trading: { asOf, problem, problemSince },
}: Pick<ModelPackage, 'autoTrade' | 'trading'>): z.infer<typeof autoTrading> {
  if (!autoTrade) return null;
  return {
    decided_as_of: asOf === undefined ? null : isoTime(asOf),
    problem: problem ?? null,
    problem_since: problemSince === undefined ? null : isoTime(problemSince),
  };
}
