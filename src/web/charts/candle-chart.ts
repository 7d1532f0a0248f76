import type { UTCTimestamp } from 'lightweight-charts';
import type { CandlesAnswer } from '../../http/schemas/market.ts';
import type { ChartContext } from './chart.tsx';

/** Candlesticks of an answer of `/market/candles`, hollow where they gain, so that colour is not needed. */
export function setUpCandles({ chart, library, colors }: ChartContext): (answer: CandlesAnswer) => void {
  const series = chart.addSeries(library.CandlestickSeries, {
    upColor: colors.surface,
    downColor: colors.down,
    borderUpColor: colors.up,
    borderDownColor: colors.down,
    wickUpColor: colors.up,
    wickDownColor: colors.down,
  });
  return ({ candles }) =>
    series.setData(
      candles.map(({ open_time, open, high, low, close }) => ({
        time: secondsOf(open_time),
        open,
        high,
        low,
        close,
      })),
    );
}

/** Charts count in seconds; ISO 8601 in. */
export function secondsOf(time: string): UTCTimestamp {
  return Math.floor(Date.parse(time) / 1000) as UTCTimestamp;
}
