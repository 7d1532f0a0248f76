import type { ForecastOrigin, ForecastRepository, ForecastSource } from '../decisions/forecast-repository.ts';
import { HORIZON_STEPS } from '../dimensions.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import {
  forecastQuality,
  HISTORY_CANDLES,
  type HorizonQuality,
  type StoredForecast,
} from './forecast-quality.ts';

/** How good some stored forecasts were. */
export interface ForecastQuality {
  readonly packageVersion: string;
  /** Close times of the first and the last candle they were made on, ms; null without any. */
  readonly from: number | null;
  readonly to: number | null;
  readonly forecasts: number;
  readonly horizons: readonly HorizonQuality[];
}

export interface QualityOrder {
  readonly source: ForecastSource;
  readonly levels: readonly [number, number, number];
  /** Close times of the first and the last candle that forecasts may have been made on, ms. */
  readonly from: number;
  readonly to: number;
  /** What came after this is not looked at, ms. */
  readonly knownTo: number;
  readonly origin?: ForecastOrigin;
  readonly includes?: (asOf: number) => boolean;
}

export interface QualityParts {
  readonly forecasts: Pick<ForecastRepository, 'range'>;
  readonly candles: Pick<MarketRepository['candles'], 'range'>;
  readonly pause: () => Promise<void>;
}

/** Candles before a forecast that its historical baseline is made from: 2,880 returns over up to 192 steps. */
export const QUALITY_LEAD_MS = (HISTORY_CANDLES + HORIZON_STEPS) * DECISION_CANDLE_MS;

/** Rows read at once: a millisecond or two. */
const FORECASTS_AT_ONCE = 100;
const CANDLES_AT_ONCE = 1000;

/** Holds stored forecasts against what came (paper.md#57). */
export async function qualityOfForecasts(parts: QualityParts, order: QualityOrder): Promise<ForecastQuality> {
  const { source, levels, from, to, knownTo, origin, includes = () => true } = order;
  const [first] = await parts.forecasts.range(source, {
    ...{ from, to, limit: 1 },
    ...(origin === undefined ? {} : { origin }),
  });
  const start = (first?.asOf ?? knownTo) - QUALITY_LEAD_MS;
  const { closes, firstTime } = await closesOf(parts, source.symbol, start, knownTo);
  const seen = { from: null as number | null, to: null as number | null, forecasts: 0 };

  async function* stored(): AsyncGenerator<StoredForecast> {
    for (let next = first?.asOf ?? to + 1; next <= to; ) {
      const page = await parts.forecasts.range(source, {
        ...{ from: next, to, limit: FORECASTS_AT_ONCE },
        ...(origin === undefined ? {} : { origin }),
      });
      for (const { asOf, quantiles } of page) {
        const index = (asOf - firstTime) / DECISION_CANDLE_MS - 1;
        if (index < 0 || !includes(asOf)) continue;
        seen.from ??= asOf;
        seen.to = asOf;
        seen.forecasts += 1;
        yield { index, quantiles };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < FORECASTS_AT_ONCE) return;
      next = last.asOf + 1;
      await parts.pause();
    }
  }

  const horizons = await forecastQuality({ closes, forecasts: stored(), levels }, parts.pause);
  return { packageVersion: source.packageVersion, ...seen, horizons };
}

/** Closes of consecutive candles from the first stored one on; where one is missing the close before stands. */
async function closesOf(
  { candles, pause }: QualityParts,
  symbol: string,
  from: number,
  to: number,
): Promise<{ closes: Float64Array; firstTime: number }> {
  const closes: number[] = [];
  let firstTime = 0;
  for (let start = from; start < to; start += CANDLES_AT_ONCE * DECISION_CANDLE_MS) {
    const end = Math.min(to, start + CANDLES_AT_ONCE * DECISION_CANDLE_MS) - 1;
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
