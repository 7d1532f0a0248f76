/** The parts of the chart library that the page uses. Import this module lazily: it becomes a chunk of its own. */
export {
  BaselineSeries,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  LineSeries,
  LineStyle,
  TickMarkType,
} from 'lightweight-charts';
