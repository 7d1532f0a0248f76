import type { ForecastOrigin, ForecastRepository, ForecastSource } from '../decisions/forecast-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { climatologyReturns } from './climatology.ts';
import { type HorizonQuality, type IndexedForecast, measureHorizons } from './horizon-quality.ts';

export interface ForecastQuality {
  readonly packageVersion: string;
  /** Length of a step, ms. */
  readonly decisionMs: number;
  /** Close times of the first and the last candle with a forecast, ms; null without forecasts. */
  readonly from: number | null;
  readonly to: number | null;
  readonly forecasts: number;
  readonly horizons: readonly HorizonQuality[];
}

/** The stored forecasts to measure. Times in ms. */
export interface ForecastSelection {
  readonly source: ForecastSource;
  readonly pipeline: MeasuredPipeline;
  /** Close times of the first and the last candle with a selected forecast. */
  readonly from: number;
  readonly to: number;
  /** Later candles are ignored, even if they are stored. */
  readonly knownTo: number;
  readonly origin?: ForecastOrigin;
  readonly includes?: (asOf: number) => boolean;
}

export interface ForecastQualitySources {
  readonly forecasts: Pick<ForecastRepository, 'range'>;
  readonly candles: Pick<MarketRepository['candles'], 'range'>;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** What the measurement needs of the pipeline that made the forecasts. */
export type MeasuredPipeline = Pick<
  Pipeline,
  'decisionTimeframe' | 'decisionMs' | 'horizonSteps' | 'quantileLevels'
>;

/** How far the baselines of a forecast reach back, ms: the returns of its climatology over up to the whole horizon. */
export function baselineMs({ decisionMs, horizonSteps }: MeasuredPipeline): number {
  return (climatologyReturns(decisionMs) + horizonSteps) * decisionMs;
}

/** Reading so many rows takes a millisecond or two. */
const FORECAST_PAGE_ROWS = 100;
const CANDLE_PAGE_ROWS = 1000;

/** Compares stored forecasts with their outcomes (statistics.md#40 to statistics.md#50). */
export async function measureForecastQuality(
  sources: ForecastQualitySources,
  selection: ForecastSelection,
): Promise<ForecastQuality> {
  const { source, pipeline, to, knownTo, origin, includes = () => true } = selection;
  const read = (from: number, limit: number) =>
    sources.forecasts.range(source, { from, to, limit, ...(origin === undefined ? {} : { origin }) });

  const [first] = await read(selection.from, 1);
  const start = (first?.asOf ?? knownTo) - baselineMs(pipeline);
  const { closes, firstTime } = await readCloses(sources, source.symbol, pipeline, start, knownTo);
  const measured = { from: null as number | null, to: null as number | null, forecasts: 0 };

  async function* selected(): AsyncGenerator<IndexedForecast> {
    for (let next = first?.asOf ?? to + 1; next <= to; ) {
      const page = await read(next, FORECAST_PAGE_ROWS);
      for (const { asOf, quantiles } of page) {
        const index = (asOf - firstTime) / pipeline.decisionMs - 1;
        if (index < 0 || !includes(asOf)) continue;
        measured.from ??= asOf;
        measured.to = asOf;
        measured.forecasts += 1;
        yield { index, quantiles };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < FORECAST_PAGE_ROWS) return;
      next = last.asOf + 1;
      await sources.pause();
    }
  }

  const horizons = await measureHorizons({ closes, forecasts: selected(), pipeline }, sources.pause);
  const { decisionMs } = pipeline;
  return { packageVersion: source.packageVersion, decisionMs, ...measured, horizons };
}

/** Closes of consecutive decision candles from the first stored one on; a missing candle repeats the close before. */
async function readCloses(
  { candles, pause }: ForecastQualitySources,
  symbol: string,
  { decisionTimeframe, decisionMs }: MeasuredPipeline,
  from: number,
  to: number,
): Promise<{ closes: Float64Array; firstTime: number }> {
  const closes: number[] = [];
  let firstTime = 0;
  for (let start = from; start < to; start += CANDLE_PAGE_ROWS * decisionMs) {
    const end = Math.min(to, start + CANDLE_PAGE_ROWS * decisionMs) - 1;
    for (const { openTime, close } of await candles.range(symbol, decisionTimeframe, start, end)) {
      if (closes.length === 0) firstTime = openTime;
      const index = (openTime - firstTime) / decisionMs;
      while (closes.length < index) closes.push(closes.at(-1) as number);
      closes.push(close);
    }
    await pause();
  }
  return { closes: Float64Array.from(closes), firstTime };
}
