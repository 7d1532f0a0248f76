import { FORECAST_FEATURE_COUNT, FORECAST_SIZE, HORIZON_STEPS, QUANTILE_COUNT } from '../dimensions.ts';

/** Steps ahead at which the policy sees all three quantiles (forecast-and-policy.md#17). */
export const HORIZON_BLOCK_STEPS = [4, 16, 48, 96, HORIZON_STEPS] as const;

/** The policy sees the middle quantile at every 16th step (forecast-and-policy.md#18). */
const PATH_STRIDE = 16;

/** End of the early section of the curve, half a day (forecast-and-policy.md#19). */
const EARLY_STEPS = 48;

/**
 * The 35 forecast features (forecast-and-policy.md#17) of one forecast: quantiles of ln(close[t+h]/close[t]), row-major
 * [192, 3], h = 1..192. Quantiles that cross are taken as they are.
 */
export function forecastFeatures(quantiles: ArrayLike<number>): Float64Array {
  if (quantiles.length !== FORECAST_SIZE) {
    throw new RangeError(`A forecast has ${FORECAST_SIZE} numbers; there are ${quantiles.length}.`);
  }
  const features = new Float64Array(FORECAST_FEATURE_COUNT);
  let next = 0;
  for (const step of HORIZON_BLOCK_STEPS) {
    for (let quantile = 0; quantile < QUANTILE_COUNT; quantile++) {
      features[next++] = quantiles[(step - 1) * QUANTILE_COUNT + quantile]!;
    }
  }
  const curve = midCurve(quantiles);
  for (let step = PATH_STRIDE; step <= HORIZON_STEPS; step += PATH_STRIDE) features[next++] = curve[step]!;
  features.set(curveFeatures(curve), next);
  return features;
}

/** The expected path: 0, then the middle quantile at 1..192 steps; 193 points. */
function midCurve(quantiles: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: HORIZON_STEPS + 1 }, (_, step) =>
    step === 0 ? 0 : quantiles[(step - 1) * QUANTILE_COUNT + 1]!,
  );
}

function curveFeatures(curve: Float64Array): number[] {
  let lowest = 0;
  let highest = 0;
  let drawdown = 0;
  let runUp = 0;
  for (let step = 0; step <= HORIZON_STEPS; step++) {
    if (curve[step]! < curve[lowest]!) lowest = step;
    if (curve[step]! > curve[highest]!) highest = step;
    drawdown = Math.max(drawdown, curve[highest]! - curve[step]!);
    runUp = Math.max(runUp, curve[step]! - curve[lowest]!);
  }
  return [
    curve[lowest]!,
    curve[highest]!,
    lowest / HORIZON_STEPS,
    highest / HORIZON_STEPS,
    drawdown,
    runUp,
    curve[EARLY_STEPS]! / EARLY_STEPS,
    (curve[HORIZON_STEPS]! - curve[EARLY_STEPS]!) / (HORIZON_STEPS - EARLY_STEPS),
  ];
}
