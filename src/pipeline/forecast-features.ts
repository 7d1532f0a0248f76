import { FORECAST_FEATURE_COUNT, QUANTILE_COUNT } from '../dimensions.ts';

/** The two definitions of the forecast features (pipelines.md#14): steps of a fixed horizon, or fractions of any. */
export const FORECAST_FEATURE_DEFINITIONS = ['steps', 'fractions'] as const;
export type ForecastFeatureDefinition = (typeof FORECAST_FEATURE_DEFINITIONS)[number];

/** The only horizon of the definition by steps. */
export const STEPS_HORIZON = 192;

/** Which steps of a forecast (1..horizon) the policy sees. */
interface ForecastLayout {
  readonly horizon: number;
  /** All three quantiles of these steps. */
  readonly quantileSteps: readonly number[];
  /** The middle quantile of these steps. */
  readonly pathSteps: readonly number[];
  /** End of the early section of the curve. */
  readonly earlySteps: number;
}

/** forecast-and-policy.md#17 to forecast-and-policy.md#19. */
const STEPS_LAYOUT: ForecastLayout = {
  horizon: STEPS_HORIZON,
  quantileSteps: [4, 16, 48, 96, STEPS_HORIZON],
  pathSteps: Array.from({ length: 12 }, (_, index) => (index + 1) * 16),
  earlySteps: 48,
};

const QUANTILE_FRACTIONS = [0.0208, 0.0833, 0.25, 0.5, 1];
const PATH_START_FRACTION = 0.0833;
const PATH_POINTS = 12;
const EARLY_FRACTION = 0.25;

/** pipelines.md#15. */
function fractionsLayout(horizon: number): ForecastLayout {
  const last = horizon - 1;
  const rowAt = (fraction: number) => Math.min(last, Math.max(0, roundHalfEven(last * fraction)));
  const start = rowAt(PATH_START_FRACTION);
  const spacing = (last - start) / (PATH_POINTS - 1);
  return {
    horizon,
    quantileSteps: QUANTILE_FRACTIONS.map((fraction) => rowAt(fraction) + 1),
    pathSteps: Array.from({ length: PATH_POINTS }, (_, index) =>
      index === PATH_POINTS - 1 ? horizon : roundHalfEven(index * spacing + start) + 1,
    ),
    earlySteps: Math.min(horizon, Math.max(1, roundHalfEven(EARLY_FRACTION * horizon))),
  };
}

/** Rounds to the nearest whole number, halves to the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function layoutOf(definition: ForecastFeatureDefinition, horizon: number): ForecastLayout {
  if (definition === 'fractions') return fractionsLayout(horizon);
  if (horizon === STEPS_HORIZON) return STEPS_LAYOUT;
  throw new RangeError(`Forecast features by steps need ${STEPS_HORIZON} steps, not ${horizon}.`);
}

/** Steps ahead (1..horizon) at which the policy sees all three quantiles. */
export function quantileSteps(definition: ForecastFeatureDefinition, horizon: number): readonly number[] {
  return layoutOf(definition, horizon).quantileSteps;
}

/**
 * The 35 forecast features of one forecast: quantiles of ln(close[t+h]/close[t]), row-major [horizon, 3], h =
 * 1..horizon. Quantiles that cross are taken as they are.
 * @throws RangeError when the numbers are not whole steps
 */
export function forecastFeatures(
  quantiles: ArrayLike<number>,
  definition: ForecastFeatureDefinition,
): Float64Array {
  const layout = layoutOf(definition, quantiles.length / QUANTILE_COUNT);
  const features = new Float64Array(FORECAST_FEATURE_COUNT);
  let next = 0;
  for (const step of layout.quantileSteps) {
    for (let quantile = 0; quantile < QUANTILE_COUNT; quantile++) {
      features[next++] = quantiles[(step - 1) * QUANTILE_COUNT + quantile]!;
    }
  }
  const curve = midCurve(quantiles, layout.horizon);
  for (const step of layout.pathSteps) features[next++] = curve[step]!;
  features.set(curveFeatures(curve, layout), next);
  return features;
}

/** The expected path: 0, then the middle quantile of each step; horizon + 1 points. */
function midCurve(quantiles: ArrayLike<number>, horizon: number): Float64Array {
  return Float64Array.from({ length: horizon + 1 }, (_, step) =>
    step === 0 ? 0 : quantiles[(step - 1) * QUANTILE_COUNT + 1]!,
  );
}

function curveFeatures(curve: Float64Array, { horizon, earlySteps }: ForecastLayout): number[] {
  let lowest = 0;
  let highest = 0;
  let drawdown = 0;
  let runUp = 0;
  for (let step = 0; step <= horizon; step++) {
    if (curve[step]! < curve[lowest]!) lowest = step;
    if (curve[step]! > curve[highest]!) highest = step;
    drawdown = Math.max(drawdown, curve[highest]! - curve[step]!);
    runUp = Math.max(runUp, curve[step]! - curve[lowest]!);
  }
  return [
    curve[lowest]!,
    curve[highest]!,
    lowest / horizon,
    highest / horizon,
    drawdown,
    runUp,
    curve[earlySteps]! / earlySteps,
    (curve[horizon]! - curve[earlySteps]!) / Math.max(1, horizon - earlySteps),
  ];
}
