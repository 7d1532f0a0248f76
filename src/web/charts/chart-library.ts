/** The parts of the chart library that the page uses. Import this module lazily: it becomes a chunk of its own. */
export {
  AreaSeries,
  BaselineSeries,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  customSeriesDefaultOptions,
  LineSeries,
  LineStyle,
} from 'lightweight-charts';
