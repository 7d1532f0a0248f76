import { z } from 'zod';
import type { Timeframe } from '../../candle.ts';
import { TIMEFRAME_MS } from '../../candle.ts';
import { refusedCharacter } from '../../runtime/plain-text.ts';
import { parseUtcTime } from '../../runtime/utc-time.ts';
import { canonicalSymbol } from '../../symbol.ts';

/** A time in an answer: ISO 8601 in UTC. */
export const time = z.iso.datetime();

/**
 * A time in a request: ISO 8601 with any offset, without one in UTC, or a date, which is the UTC midnight that it begins at.
 * Handlers get ms since the epoch.
 */
export const requestTime = z
  .string()
  .meta({ examples: ['2026-11-01', '2026-11-01T12:00:00Z'] })
  .transform((text, context) => {
    const time = parseUtcTime(text);
    if (!Number.isNaN(time)) return time;
    context.addIssue({
      code: 'custom',
      message:
        'must be a date or a time since 1970, like 2026-11-01 or 2026-11-01T12:00:00Z (without a zone it is UTC)',
    });
    return z.NEVER;
  });

/** Refuses a name with a character that could make it look like another one. */
export function refuseHidden(name: string, context: z.RefinementCtx): void {
  const refused = refusedCharacter(name);
  if (refused !== undefined) context.addIssue({ code: 'custom', message: `has ${refused}; leave it out` });
}

export const nullableNumber = z.number().nullable();

/** A package's id with or without `paper_`, or the id of an account without a package (packages.md#4). */
export const modelId = z.string().min(1).max(80);
export const modelParams = z.object({ model_id: modelId });

/** A symbol in a request, in any of its forms: `btcusdt` and `BTC/USDT:USDT` are BTCUSDT. */
export const symbol = z.string().min(1).max(60).transform(canonicalSymbol);
/** Whether the symbol of a package or account trades. */
export const symbolTrades = z
  .boolean()
  .nullable()
  .describe("whether the exchange lists it; null while the exchange's list is not known");
export const timeframe = z.enum(Object.keys(TIMEFRAME_MS) as [Timeframe, ...Timeframe[]]);

export const accountStatus = z.enum(['ACTIVE', 'PAUSED', 'KILLED']);
export const warmUpStatus = z.enum(['PENDING', 'RUNNING', 'DONE', 'ERROR']);

/** Restricts a list of records. */
export const recordRange = {
  from: requestTime.optional().describe('nothing before this time'),
  to: requestTime.optional().describe('nothing after this time'),
};
/** A side in a request, in any case. */
export const requestSide = inAnyCase('long', 'short');
export const recordSide = requestSide.optional();
export const recordResult = z.enum(['won', 'lost']).optional().describe('after fees and funding');
export const timeSort = z.enum(['newest', 'oldest']).default('newest');
export const resultSort = z.enum(['newest', 'oldest', 'best', 'worst']).default('newest');

export const direction = z.enum(['LONG', 'SHORT', 'FLAT']);
/** A signal in a request, in any case. */
export const requestDirection = inAnyCase('LONG', 'SHORT', 'FLAT');
export const orderType = z.enum(['OPEN_LONG', 'OPEN_SHORT', 'CLOSE', 'FLIP', 'HOLD']);

/** Durations in ms by stage of a decision. */
export const timings = z.record(z.string(), z.number());

/** One of these words, in any case. */
function inAnyCase<const Words extends readonly string[]>(...words: Words) {
  const choice = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}, in any case`;
  return z
    .string()
    .meta({ description: choice, examples: [...words] })
    .transform((text, context): Words[number] => {
      const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: `must be ${choice}` });
      return z.NEVER;
    });
}
