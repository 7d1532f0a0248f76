import type { ReadonlySignal } from '@preact/signals';
import type { PriceAnswer } from '../../../../http/market/schema.ts';
import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import type { ChartCandle } from '../../../charts/chart-candle.ts';
import type { Fan, Forecast } from '../../../charts/forecast-points.ts';
import type { AccountPipeline } from '../../../data/pipeline.ts';
import type { RecordSource } from '../../../data/record-source.ts';
import type { Resource } from '../../../data/resource.ts';
import type { ChartView } from './chart-view.ts';

/** A live account or a replay, as the chart needs it. It must not change while the chart shows it. */
export interface ChartRun {
  readonly source: RecordSource;
  /** Whose forecasts are drawn; undefined of an account without a package. */
  readonly packageId: string | undefined;
  readonly symbol: string;
  readonly pipeline: AccountPipeline;
  /** When it ended, ISO 8601; undefined of a live account. */
  readonly until?: string | undefined;
}

/** What is selected, on the chart or beside it. */
export interface ChartSelection {
  /** Close time of a decision candle, ISO 8601. */
  readonly candle?: string | undefined;
  /** Id of a position. */
  readonly position?: string | undefined;
  /** When the position began and ended, ISO 8601, where it is known: the chart goes there if it is out of view. */
  readonly during?: readonly [from: string, to: string] | undefined;
}

/** What the reader chose on the chart. */
export interface ChosenInChart extends Pick<ChartSelection, 'candle' | 'position'> {
  /** When the position was opened, ms since the epoch. */
  readonly opened?: number | undefined;
}

export interface DeskChartProps {
  readonly run: ChartRun;
  /** The last traded price; undefined of a replay. */
  readonly lastPrice?: ReadonlySignal<PriceAnswer | undefined> | undefined;
  /** The forecast of the newest candle. */
  readonly forecast: Forecast | undefined;
  /** That of the selected candle, or an earlier one. */
  readonly chosen: Resource<Fan | null>;
  /** Open lots. */
  readonly lots: readonly PositionAnswer[];
  readonly selection: ChartSelection;
  /** A candle or a position was chosen; nothing was when the reader let go. */
  readonly onSelect: (selection: ChosenInChart) => void;
}

/** Candles of one length, oldest first. */
export interface LoadedCandles {
  readonly stepMs: number;
  readonly list: readonly ChartCandle[];
}

/** A view, and what the reader asked for when it was made. */
export interface PlacedView extends ChartView {
  /** Changes when the reader asks for a range or a date. */
  readonly place: string;
}

/** A view with its candles. */
export interface ShownCandles extends LoadedCandles {
  readonly view: PlacedView;
}

/** Layers that the reader can switch off. */
export interface Toggles {
  readonly forecasts: boolean;
  readonly holding: boolean;
}
