import { z } from 'zod';
import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { isoTime } from '../shared/time-schema.ts';

export const candleAnswer = z
  .object({
    open_time: z.iso.datetime(),
    close_time: z.iso.datetime(),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .meta({ id: 'Candle' });

/** A candle as it is answered; `close_time` is the open time of the next. */
export function answerOfCandle(candle: Candle, timeframe: Timeframe): z.infer<typeof candleAnswer> {
  return {
    open_time: isoTime(candle.openTime),
    close_time: isoTime(candle.openTime + TIMEFRAME_MS[timeframe]),
    open: candle.open,
    high: candle.high,
    low: candle.low,
    close: candle.close,
    volume: candle.volume,
  };
}
