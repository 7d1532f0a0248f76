import { z } from 'zod';
import type { Timeframe } from '../../candle.ts';
import { TIMEFRAME_MS } from '../../candle.ts';

/** A time in an answer: ISO 8601 in UTC. */
export const time = z.iso.datetime();

/** A time in a request: ISO 8601 with any offset; handlers get ms since the epoch. */
export const requestTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/**
 * A time or a date (`2026-11-01`), which is the UTC midnight that it begins at; handlers get ms since the epoch. A function,
 * because the description of routes loses the second use of one union.
 */
export const requestTimeOrDate = () =>
  z.union([requestTime, z.iso.date().transform((text) => Date.parse(text))]);

export const nullableNumber = z.number().nullable();

/** A package's id with or without `paper_`, or the id of an account without a package (packages.md#4). */
export const modelId = z.string().min(1).max(80);
export const modelParams = z.object({ model_id: modelId });

export const symbol = z.string().min(1).max(40);
export const timeframe = z.enum(Object.keys(TIMEFRAME_MS) as [Timeframe, ...Timeframe[]]);

export const accountStatus = z.enum(['ACTIVE', 'PAUSED', 'KILLED']);
export const warmUpStatus = z.enum(['PENDING', 'RUNNING', 'DONE', 'ERROR']);

/** Restricts a list of records. */
export const recordRange = {
  from: requestTime.optional().describe('nothing before this time'),
  to: requestTime.optional().describe('nothing after this time'),
};
export const recordSide = z
  .enum(['long', 'short', 'Long', 'Short'])
  .transform((side) => side.toLowerCase() as 'long' | 'short')
  .optional();
export const recordResult = z.enum(['won', 'lost']).optional().describe('after fees and funding');
export const timeSort = z.enum(['newest', 'oldest']).default('newest');
export const resultSort = z.enum(['newest', 'oldest', 'best', 'worst']).default('newest');

export const direction = z.enum(['LONG', 'SHORT', 'FLAT']);
export const orderType = z.enum(['OPEN_LONG', 'OPEN_SHORT', 'CLOSE', 'FLIP', 'HOLD']);

/** Durations in ms by stage of a decision. */
export const timings = z.record(z.string(), z.number());
