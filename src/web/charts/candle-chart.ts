import type { CandlestickData, ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import type { CandlesAnswer } from '../../http/market/schema.ts';
import { price } from '../format/numbers.ts';
import type { ChartContext } from './chart.tsx';
import { secondsOf } from './chart-time.ts';

export type ChartCandle = Pick<
  CandlesAnswer['candles'][number],
  'open_time' | 'open' | 'high' | 'low' | 'close'
>;

/** Prices in the page's own form; every series on a scale has to have it. */
export const PRICE_FORMAT = { type: 'custom', formatter: price, minMove: 1e-8 } as const;

/** Adds a series of candlesticks, hollow where they gain, so that colour is not needed. */
export function addCandles({
  chart,
  library,
  colors,
}: Pick<ChartContext, 'chart' | 'library' | 'colors'>): ISeriesApi<'Candlestick'> {
  return chart.addSeries(library.CandlestickSeries, {
    upColor: colors.surface,
    downColor: colors.down,
    borderUpColor: colors.up,
    borderDownColor: colors.down,
    wickUpColor: colors.up,
    wickDownColor: colors.down,
    priceFormat: PRICE_FORMAT,
  });
}

export function candleData({
  open_time,
  open,
  high,
  low,
  close,
}: ChartCandle): CandlestickData<UTCTimestamp> {
  return { time: secondsOf(open_time), open, high, low, close };
}
