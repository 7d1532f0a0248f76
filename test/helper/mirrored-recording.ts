import type { Recording } from '../../simulator/recording.ts';
import { TIMEFRAME_MS } from '../../src/candle.ts';

/** The recording, and after it the same candles backwards: it is twice as long, and repeats without a jump of the price. */
export function mirrored(recording: Recording): Recording {
  const { candles, funding, timeframe } = recording;
  const first = candles[0]!.openTime;
  const lengthMs = candles.length * TIMEFRAME_MS[timeframe];
  const backwards = candles.map((_, index) => {
    const candle = candles[candles.length - 1 - index]!;
    const openTime = first + lengthMs + index * TIMEFRAME_MS[timeframe];
    return { ...candle, openTime, open: candle.close, close: candle.open };
  });
  const again = funding.map(({ time, rate }) => ({ time: time + lengthMs, rate }));
  return { ...recording, candles: [...candles, ...backwards], funding: [...funding, ...again] };
}
