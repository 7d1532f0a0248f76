import type { Recording } from '../../simulator/recording.ts';
import { TIMEFRAME_MS } from '../../src/candle.ts';

/** The recording, and after it the same candles backwards: it is twice as long, and repeats without a jump of the price. */
function mirrored(recording: Recording): Recording {
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

const DAY_MS = 24 * 60 * 60_000;

/** The mirrored recording with the volume of the UTC day that begins at `day` (ms) in quote currency instead of coins. */
export function withWrongVolume(recording: Recording, day: number): Recording {
  const played = mirrored(recording);
  const periodMs = played.candles.length * TIMEFRAME_MS[played.timeframe];
  const isFaulty = (time: number) => (((time - day) % periodMs) + periodMs) % periodMs < DAY_MS;
  return {
    ...played,
    candles: played.candles.map((candle) =>
      isFaulty(candle.openTime) ? { ...candle, volume: Math.round(candle.volume * candle.close) } : candle,
    ),
  };
}
