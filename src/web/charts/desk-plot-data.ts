import type { ChartCandle } from './chart-candle.ts';
import type { EquityPoint } from './equity-layer.ts';
import type { Fans } from './fan-layer.ts';
import type { Levels } from './level-layer.ts';
import type { Outcome, TimeMarks } from './mark-layers.ts';
import type { DrawnPositions } from './position-layer.ts';
import type { TimeGrid } from './time-grid.ts';

/** What the chart of the desk shows. What is the same object as before is not drawn again. Times in ms since the epoch. */
export interface DeskPlotData {
  readonly grid: TimeGrid;
  /** Closed candles, oldest first. */
  readonly candles: readonly ChartCandle[];
  /** The candle that is not closed yet. */
  readonly forming: ChartCandle | undefined;
  readonly equity: readonly EquityPoint[];
  /** undefined while forecasts are switched off. */
  readonly fans: Fans | undefined;
  readonly outcomes: readonly Outcome[];
  readonly positions: DrawnPositions;
  readonly levels: Levels | undefined;
  readonly marks: TimeMarks;
  readonly showsHolding: boolean;
  /** What is held, for example `BTC`. */
  readonly asset: string;
}
