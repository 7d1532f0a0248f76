import type { CandlestickData, ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import type { CandlesAnswer } from '../../http/market/schema.ts';
import { price } from '../format/numbers.ts';
import type { ChartContext } from './chart.tsx';
import { secondsOf } from './chart-time.ts';

export type ChartCandle = Pick<
  CandlesAnswer['candles'][number],
  'open_time' | 'open' | 'high' | 'low' | 'close'
>;

/** Prices as the page formats them; all series of one scale need the same format. */
export const PRICE_FORMAT = { type: 'custom', formatter: price, minMove: 1e-8 } as const;

/** Adds a series of candlesticks. Rising ones are hollow, so that color is not needed. */
export function addCandles({
  chart,
  library,
  colors,
}: Pick<ChartContext, 'chart' | 'library' | 'colors'>): ISeriesApi<'Candlestick'> {
  return chart.addSeries(library.CandlestickSeries, {
    upColor: colors.surface,
    downColor: colors.short,
    borderUpColor: colors.long,
    borderDownColor: colors.short,
    wickUpColor: colors.long,
    wickDownColor: colors.short,
    priceFormat: PRICE_FORMAT,
  });
}

export function candleData(candle: ChartCandle): CandlestickData<UTCTimestamp> {
  const { open_time, open, high, low, close } = candle;
  return { time: secondsOf(open_time), open, high, low, close };
}
