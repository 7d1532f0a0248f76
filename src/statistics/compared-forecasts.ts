import { compareLosses, type LossComparison } from './diebold-mariano.ts';
import { IndependentCount } from './independent-count.ts';
import { NumberColumn } from './number-column.ts';
import { quantileOf } from './quantile.ts';

/** One forecast with its outcome and the losses of its baselines. */
export interface ComparedForecast {
  /** Index of its candle. */
  readonly index: number;
  /** Whether the outcome was inside the band. */
  readonly isInside: boolean;
  /** Largest minus smallest quantile: of the model, and of the climatology. */
  readonly width: number;
  readonly climatologyWidth: number;
  /** Pinball losses. */
  readonly loss: number;
  readonly climatologyLoss: number;
  readonly randomWalkLoss: number;
  /** Root mean square of the one-step returns of the day before. */
  readonly volatility: number;
}

/** Forecasts of one third of the volatility; skills without a verdict, so they say nothing alone. */
export interface VolatilityGroup {
  readonly forecasts: number;
  readonly independent: number;
  /** Null without forecasts; a skill also where the baseline lost nothing. */
  readonly coverage: number | null;
  readonly skillClimatology: number | null;
  readonly skillRandomWalk: number | null;
}

/** Forecasts by the volatility of the day before them, quiet ones first (statistics.md#49). */
export interface QualityByVolatility {
  /** The volatilities between the groups; equal ones belong below. */
  readonly cuts: readonly [number, number];
  readonly groups: readonly VolatilityGroup[];
}

/** The figures of forecasts that have both baselines (statistics.md#43 to statistics.md#49). */
export interface ComparedQuality {
  /** Mean pinball losses. */
  readonly pinball: number;
  readonly climatology: number;
  readonly randomWalk: number;
  /** Mean width of the band, and that relative to the climatology's; null if the climatology has no width. */
  readonly sharpness: { readonly width: number; readonly relative: number | null };
  readonly againstClimatology: LossComparison;
  readonly againstRandomWalk: LossComparison;
  readonly byVolatility: QualityByVolatility;
}

/** The forecasts of one horizon that have both baselines, added in order of time. */
export class ComparedForecasts {
  readonly #horizon: number;
  readonly #independent: IndependentCount;
  readonly #indices = new NumberColumn();
  readonly #inside = new NumberColumn();
  readonly #losses = new NumberColumn();
  readonly #climatology = new NumberColumn();
  readonly #randomWalk = new NumberColumn();
  readonly #volatility = new NumberColumn();
  #width = 0;
  #climatologyWidth = 0;

  /** @param horizon in candles */
  constructor(horizon: number) {
    this.#horizon = horizon;
    this.#independent = new IndependentCount(horizon);
  }

  get count(): number {
    return this.#losses.values.length;
  }

  get independent(): number {
    return this.#independent.count;
  }

  add(forecast: ComparedForecast): void {
    this.#independent.add(forecast.index);
    this.#indices.add(forecast.index);
    this.#inside.add(Number(forecast.isInside));
    this.#losses.add(forecast.loss);
    this.#climatology.add(forecast.climatologyLoss);
    this.#randomWalk.add(forecast.randomWalkLoss);
    this.#volatility.add(forecast.volatility);
    this.#width += forecast.width;
    this.#climatologyWidth += forecast.climatologyWidth;
  }

  /** @throws RangeError without forecasts */
  quality(): ComparedQuality {
    const model = this.#losses.values;
    const against = (baseline: Float64Array) =>
      compareLosses({ model, baseline }, this.#horizon, this.independent);
    return {
      pinball: meanOf(model),
      climatology: meanOf(this.#climatology.values),
      randomWalk: meanOf(this.#randomWalk.values),
      sharpness: {
        width: this.#width / this.count,
        relative: this.#climatologyWidth > 0 ? this.#width / this.#climatologyWidth : null,
      },
      againstClimatology: against(this.#climatology.values),
      againstRandomWalk: against(this.#randomWalk.values),
      byVolatility: this.#byVolatility(),
    };
  }

  #byVolatility(): QualityByVolatility {
    const volatilities = this.#volatility.values;
    const sorted = volatilities.slice().sort();
    const cuts = [quantileOf(sorted, 1 / 3), quantileOf(sorted, 2 / 3)] as const;
    const groups = [0, 1, 2].map(() => new GroupSums(this.#horizon));
    volatilities.forEach((volatility, at) => {
      groups[Number(volatility > cuts[0]) + Number(volatility > cuts[1])]!.add(
        this.#indices.values[at]!,
        this.#inside.values[at]!,
        [this.#losses.values[at]!, this.#climatology.values[at]!, this.#randomWalk.values[at]!],
      );
    });
    return { cuts, groups: groups.map((group) => group.result()) };
  }
}

class GroupSums {
  readonly #independent: IndependentCount;
  readonly #losses: [number, number, number] = [0, 0, 0];
  #count = 0;
  #inside = 0;

  constructor(horizon: number) {
    this.#independent = new IndependentCount(horizon);
  }

  add(index: number, inside: number, losses: readonly [number, number, number]): void {
    this.#independent.add(index);
    this.#count += 1;
    this.#inside += inside;
    losses.forEach((loss, of) => {
      this.#losses[of] = this.#losses[of]! + loss;
    });
  }

  result(): VolatilityGroup {
    const [loss, climatology, randomWalk] = this.#losses;
    const skill = (baseline: number) => (baseline > 0 ? 1 - loss / baseline : null);
    return {
      forecasts: this.#count,
      independent: this.#independent.count,
      coverage: this.#count === 0 ? null : this.#inside / this.#count,
      skillClimatology: skill(climatology),
      skillRandomWalk: skill(randomWalk),
    };
  }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
