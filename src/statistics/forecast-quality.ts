import type { ForecastOrigin, ForecastRepository, ForecastSource } from '../decisions/forecast-repository.ts';
import { HORIZON_STEPS } from '../dimensions.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import {
  BASELINE_RETURNS,
  type HorizonQuality,
  type IndexedForecast,
  measureHorizons,
} from './horizon-quality.ts';

export interface ForecastQuality {
  readonly packageVersion: string;
  /** Close times of the first and the last candle with a forecast, ms; null without forecasts. */
  readonly from: number | null;
  readonly to: number | null;
  readonly forecasts: number;
  readonly horizons: readonly HorizonQuality[];
}

/** The stored forecasts to measure. Times in ms. */
export interface ForecastSelection {
  readonly source: ForecastSource;
  readonly levels: readonly [number, number, number];
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

/** How far the baseline of a forecast reaches back: 2,880 returns over up to 192 steps. */
export const BASELINE_MS = (BASELINE_RETURNS + HORIZON_STEPS) * DECISION_CANDLE_MS;

/** Reading so many rows takes a millisecond or two. */
const FORECAST_PAGE_ROWS = 100;
const CANDLE_PAGE_ROWS = 1000;

/** Compares stored forecasts with their outcomes (paper.md#57). */
export async function measureForecastQuality(
  sources: ForecastQualitySources,
  selection: ForecastSelection,
): Promise<ForecastQuality> {
  const { source, levels, to, knownTo, origin, includes = () => true } = selection;
  const read = (from: number, limit: number) =>
    sources.forecasts.range(source, { from, to, limit, ...(origin === undefined ? {} : { origin }) });

  const [first] = await read(selection.from, 1);
  const start = (first?.asOf ?? knownTo) - BASELINE_MS;
  const { closes, firstTime } = await readCloses(sources, source.symbol, start, knownTo);
  const measured = { from: null as number | null, to: null as number | null, forecasts: 0 };

  async function* selected(): AsyncGenerator<IndexedForecast> {
    for (let next = first?.asOf ?? to + 1; next <= to; ) {
      const page = await read(next, FORECAST_PAGE_ROWS);
      for (const { asOf, quantiles } of page) {
        const index = (asOf - firstTime) / DECISION_CANDLE_MS - 1;
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

  const horizons = await measureHorizons({ closes, forecasts: selected(), levels }, sources.pause);
  return { packageVersion: source.packageVersion, ...measured, horizons };
}

/** Closes of consecutive decision candles from the first stored one on; a missing candle repeats the close before. */
async function readCloses(
  { candles, pause }: ForecastQualitySources,
  symbol: string,
  from: number,
  to: number,
): Promise<{ closes: Float64Array; firstTime: number }> {
  const closes: number[] = [];
  let firstTime = 0;
  for (let start = from; start < to; start += CANDLE_PAGE_ROWS * DECISION_CANDLE_MS) {
    const end = Math.min(to, start + CANDLE_PAGE_ROWS * DECISION_CANDLE_MS) - 1;
    for (const { openTime, close } of await candles.range(symbol, '15m', start, end)) {
      if (closes.length === 0) firstTime = openTime;
      const index = (openTime - firstTime) / DECISION_CANDLE_MS;
      while (closes.length < index) closes.push(closes.at(-1) as number);
      closes.push(close);
    }
    await pause();
  }
  return { closes: Float64Array.from(closes), firstTime };
}
