import type { Candle, FundingRate } from '../src/candle.ts';

/** The 28 core features column by column, each window recomputed for each row: the baseline of the recurrence. */
export function plainFeatures(candles: readonly Candle[], funding: readonly FundingRate[]): Float64Array {
  const close = candles.map((candle) => candle.close);
  const volume = candles.map((candle) => Math.log1p(Math.max(0, candle.volume)));
  const change = (k: number) => close.map((price, i) => Math.log(price / close[i - k]!));
  const ret1 = change(1);
  const ranges = candles.map(({ high, low }, i) =>
    i === 0
      ? high - low
      : Math.max(high - low, Math.abs(high - close[i - 1]!), Math.abs(low - close[i - 1]!)),
  );
  const atr = average(ranges, 1 / 14);
  const ema = (span: number) => average(close, 2 / (span + 1));
  const [ema12, ema20, ema26, ema50, ema200] = [ema(12), ema(20), ema(26), ema(50), ema(200)];
  const macd = ema12.map((value, i) => value - ema26[i]!);
  const signal = average(macd, 0.2);
  const volumeMoments = volume.map((_, i) => moments(volume, i, 96));
  const distance = (line: number[]) => line.map((value, i) => (close[i]! - value) / value);
  const slope = (line: number[]) => line.map((value, i) => value / line[i - 1]! - 1);
  const times = candles.map(({ openTime }) => new Date(openTime));
  const hours = times.map((time) => time.getUTCHours());
  const weekdays = times.map((time) => (time.getUTCDay() + 6) % 7);

  const columns = [
    ...[ret1, change(4), change(16), change(48)],
    candles.map(({ high, low, close: last }) => (high - low) / last),
    candles.map(({ open, close: last }) => (last - open) / open),
    ...[16, 96, 672].map((size) => ret1.map((_, i) => moments(ret1, i, size).std)),
    atr,
    ...[distance(ema20), distance(ema50), distance(ema200), slope(ema20), slope(ema50)],
    directionalIndex(candles, atr),
    strengthIndex(close),
    ...[macd, signal, macd.map((value, i) => value - signal[i]!)],
    volume,
    volume.map((value, i) =>
      volumeMoments[i]!.std === 0 ? 0 : (value - volumeMoments[i]!.mean) / volumeMoments[i]!.std,
    ),
    ...[Math.sin, Math.cos].map((wave) => hours.map((hour) => wave((2 * Math.PI * hour) / 24))),
    ...[Math.sin, Math.cos].map((wave) => weekdays.map((day) => wave((2 * Math.PI * day) / 7))),
    candles.map(
      ({ openTime }) => funding.findLast(({ time }) => time - (time % 60_000) <= openTime)?.rate ?? 0,
    ),
    times.map((time, i) => 32 - (4 * (hours[i]! % 8) + time.getUTCMinutes() / 15)),
  ];
  return Float64Array.from({ length: candles.length * columns.length }, (_, i) => {
    return columns[i % columns.length]![Math.floor(i / columns.length)]!;
  });
}

function average(values: readonly number[], alpha: number): number[] {
  let last = values[0]!;
  return values.map((value) => {
    last = (1 - alpha) * last + alpha * value;
    return last;
  });
}

function moments(values: readonly number[], end: number, size: number): { mean: number; std: number } {
  if (end + 1 < size) return { mean: Number.NaN, std: Number.NaN };
  const window = values.slice(end + 1 - size, end + 1);
  const mean = window.reduce((sum, value) => sum + value, 0) / size;
  return { mean, std: Math.sqrt(window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size) };
}

function strengthIndex(close: readonly number[]): number[] {
  const changes = close.map((price, i) => (i === 0 ? 0 : price - close[i - 1]!));
  const gain = average(
    changes.map((change) => Math.max(0, change)),
    1 / 14,
  );
  const loss = average(
    changes.map((change) => Math.max(0, -change)),
    1 / 14,
  );
  return gain.map((up, i) => (loss[i] === 0 ? (up === 0 ? 50 : 100) : 100 - 100 / (1 + up / loss[i]!)));
}

function directionalIndex(candles: readonly Candle[], atr: readonly number[]): number[] {
  const up = candles.map(({ high }, i) => (i === 0 ? 0 : high - candles[i - 1]!.high));
  const down = candles.map(({ low }, i) => (i === 0 ? 0 : candles[i - 1]!.low - low));
  const plus = average(
    up.map((move, i) => (move > down[i]! && move > 0 ? move : 0)),
    1 / 14,
  );
  const minus = average(
    down.map((move, i) => (move > up[i]! && move > 0 ? move : 0)),
    1 / 14,
  );
  const index = plus.map((value, i) => {
    const [p, m] = [(100 * value) / atr[i]!, (100 * minus[i]!) / atr[i]!];
    return p + m > 0 ? (100 * Math.abs(p - m)) / (p + m) : 0;
  });
  return average(index, 1 / 14);
}
