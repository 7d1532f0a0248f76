import { quantilesAt } from '../pipeline/forecast-trend.ts';
import { normalQuantile } from '../pipeline/normal-distribution.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { type Climatology, climatologyReturns, createClimatology } from './climatology.ts';
import { ComparedForecasts, type ComparedQuality } from './compared-forecasts.ts';
import { forecastSteps } from './forecast-steps.ts';
import { IndependentCount } from './independent-count.ts';
import type { Interval } from './interval.ts';
import { meanPinball } from './pinball.ts';
import { createRecentVolatility, type RecentVolatility } from './recent-volatility.ts';
import { wilsonInterval } from './wilson.ts';

/** Measuring so many forecasts takes some milliseconds. */
const FORECASTS_BETWEEN_PAUSES = 200;

/** Below so many outcomes that do not overlap, nothing is said about forecasts (statistics.md#42). */
export const MIN_INDEPENDENT = 10;

type Levels = readonly [number, number, number];

export interface IndexedForecast {
  /** Index of the candle that the forecast was made on. */
  readonly index: number;
  /** Row-major [horizon, 3], as the model computed them. */
  readonly quantiles: ArrayLike<number>;
}

export interface HorizonQualityInput {
  /** Closes of consecutive decision candles. */
  readonly closes: Float64Array;
  /** In order of time; iterated once. */
  readonly forecasts: Iterable<IndexedForecast> | AsyncIterable<IndexedForecast>;
  readonly pipeline: Pick<Pipeline, 'decisionMs' | 'horizonSteps' | 'quantileLevels'>;
  /** In steps; by default those of statistics.md#40. */
  readonly horizons?: readonly number[];
}

/** How the share of outcomes in the band compares with the nominal share. */
export type CoverageVerdict = 'TOO_NARROW' | 'TOO_WIDE' | 'IN_LINE' | 'FEW_INDEPENDENT';

/** Shares of outcomes with their 90 % intervals (statistics.md#42). */
interface Calibration {
  /** Share of outcomes inside the low-high band. */
  readonly coverage: number;
  readonly coverageInterval: Interval;
  /** Share of outcomes below each quantile, in order of their levels. */
  readonly below: readonly number[];
  readonly belowIntervals: readonly Interval[];
}

type OrNull<T> = { readonly [Key in keyof T]: T[Key] | null };

/** The quality of forecasts at one horizon; what too few outcomes support is null. */
export interface HorizonQuality extends OrNull<Calibration>, OrNull<ComparedQuality> {
  /** In steps of one decision candle. */
  readonly horizon: number;
  /** Number of forecasts with a known outcome, and of those whose outcomes do not overlap. */
  readonly forecasts: number;
  readonly independent: number;
  /** Levels of the quantiles, 0..1. */
  readonly levels: Levels;
  /** The coverage of a well calibrated forecast. */
  readonly nominal: number;
  readonly verdict: CoverageVerdict;
  /** Number of forecasts with complete baselines, and of those whose outcomes do not overlap. */
  readonly compared: number;
  readonly comparedIndependent: number;
}

/**
 * Measures forecasts by horizon. Crossed quantiles are sorted for shares and widths, but not for the loss.
 * @param pause yields to the event loop
 */
export async function measureHorizons(
  { closes, forecasts, pipeline, horizons: wanted }: HorizonQualityInput,
  pause: () => Promise<void>,
): Promise<HorizonQuality[]> {
  const { quantileLevels, decisionMs, horizonSteps } = pipeline;
  const logs = closes.map(Math.log);
  const volatility = createRecentVolatility(logs, decisionMs);
  const returns = climatologyReturns(decisionMs);
  const tallies = (wanted ?? forecastSteps(horizonSteps)).map(
    (horizon) =>
      new HorizonTally(horizon, quantileLevels, {
        logs,
        volatility,
        climatology: createClimatology(logs, horizon, returns),
      }),
  );
  let count = 0;
  for await (const forecast of forecasts) {
    for (const tally of tallies) tally.add(forecast);
    count += 1;
    if (count % FORECASTS_BETWEEN_PAUSES === 0) await pause();
  }
  const qualities: HorizonQuality[] = [];
  for (const tally of tallies) {
    qualities.push(tally.quality());
    await pause();
  }
  return qualities;
}

interface Baselines {
  readonly logs: Float64Array;
  readonly climatology: Climatology;
  readonly volatility: RecentVolatility;
}

/** The forecasts of one horizon, added in order of time. */
class HorizonTally {
  readonly #horizon: number;
  readonly #levels: Levels;
  readonly #normalQuantiles: readonly number[];
  readonly #baselines: Baselines;
  readonly #independent: IndependentCount;
  readonly #compared: ComparedForecasts;
  readonly #below: [number, number, number] = [0, 0, 0];
  #forecasts = 0;
  #inside = 0;

  constructor(horizon: number, levels: Levels, baselines: Baselines) {
    this.#horizon = horizon;
    this.#levels = levels;
    this.#normalQuantiles = levels.map(normalQuantile);
    this.#baselines = baselines;
    this.#independent = new IndependentCount(horizon);
    this.#compared = new ComparedForecasts(horizon);
  }

  add({ index, quantiles }: IndexedForecast): void {
    const { logs } = this.#baselines;
    if (index + this.#horizon >= logs.length) return;
    const outcome = logs[index + this.#horizon]! - logs[index]!;
    const { low, mid, high } = quantilesAt(quantiles, this.#horizon);
    const given = [low, mid, high] as const;
    const sorted = [...given].sort((a, b) => a - b);
    const isInside = sorted[0]! <= outcome && outcome <= sorted[2]!;
    this.#forecasts += 1;
    this.#inside += Number(isInside);
    this.#independent.add(index);
    sorted.forEach((quantile, at) => {
      this.#below[at] = this.#below[at]! + Number(outcome < quantile);
    });
    this.#compare(index, outcome, given, { isInside, width: sorted[2]! - sorted[0]! });
  }

  #compare(
    index: number,
    outcome: number,
    quantiles: readonly number[],
    band: { readonly isInside: boolean; readonly width: number },
  ): void {
    const past = this.#baselines.climatology(index, this.#levels);
    const volatility = this.#baselines.volatility.ofDay(index);
    const sigma = this.#baselines.volatility.forHorizon(index, this.#horizon);
    if (past === undefined || volatility === undefined || sigma === undefined) return;
    const scale = sigma * Math.sqrt(this.#horizon);
    const loss = (of: readonly number[]) => meanPinball(of, this.#levels, outcome);
    this.#compared.add({
      index,
      ...band,
      climatologyWidth: Math.max(...past) - Math.min(...past),
      loss: loss(quantiles),
      climatologyLoss: loss(past),
      randomWalkLoss: loss(this.#normalQuantiles.map((quantile) => quantile * scale)),
      volatility,
    });
  }

  quality(): HorizonQuality {
    const compared = this.#compared;
    return {
      horizon: this.#horizon,
      forecasts: this.#forecasts,
      independent: this.#independent.count,
      levels: this.#levels,
      ...this.#calibration(),
      compared: compared.count,
      comparedIndependent: compared.independent,
      ...(compared.independent < MIN_INDEPENDENT ? NOT_COMPARED : compared.quality()),
    };
  }

  #calibration(): OrNull<Calibration> & Pick<HorizonQuality, 'nominal' | 'verdict'> {
    const independent = this.#independent.count;
    const nominal = Math.max(...this.#levels) - Math.min(...this.#levels);
    if (independent < MIN_INDEPENDENT) return { nominal, verdict: 'FEW_INDEPENDENT', ...NOT_CALIBRATED };
    const coverage = this.#inside / this.#forecasts;
    const coverageInterval = wilsonInterval(coverage, independent);
    const below = this.#below.map((count) => count / this.#forecasts);
    return {
      nominal,
      verdict: verdictOf(nominal, coverageInterval),
      coverage,
      coverageInterval,
      below,
      belowIntervals: below.map((share) => wilsonInterval(share, independent)),
    };
  }
}

const NOT_CALIBRATED: OrNull<Calibration> = {
  coverage: null,
  coverageInterval: null,
  below: null,
  belowIntervals: null,
};

const NOT_COMPARED: OrNull<ComparedQuality> = {
  pinball: null,
  climatology: null,
  randomWalk: null,
  sharpness: null,
  againstClimatology: null,
  againstRandomWalk: null,
  byVolatility: null,
};

function verdictOf(nominal: number, [lower, upper]: Interval): CoverageVerdict {
  if (nominal > upper) return 'TOO_NARROW';
  return nominal < lower ? 'TOO_WIDE' : 'IN_LINE';
}
