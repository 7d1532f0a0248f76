/** What charts use of the library, so that the rest stays out of the page. A chunk of its own: import it lazily. */
export {
  AreaSeries,
  BaselineSeries,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  customSeriesDefaultOptions,
  HistogramSeries,
  LineSeries,
  LineStyle,
  PriceScaleMode,
} from 'lightweight-charts';
