import type { Candle, FundingRate } from '../../candle.ts';
import { QUANTILE_COUNT } from '../../dimensions.ts';
import type { FeatureScaler, VecNormalizeStatistics } from '../../formats/model-files.ts';
import type { InferenceEngine, ModelFiles, PolicyOutput } from '../../models/engine.ts';
import { decisionWindow } from '../../pipeline/decision-window.ts';
import type { Feature } from '../../pipeline/features/catalogue.ts';
import { forecastFeatures } from '../../pipeline/forecast-features.ts';
import { normalizeObservation, observation } from '../../pipeline/observation.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { ProofQuantity } from '../../pipeline/proof-result.ts';
import { scaleRows } from '../../pipeline/scaler.ts';
import type { Comparison, Tolerance } from './comparison.ts';

/** A package as its files say, whether or not it is registered. */
export interface PathModel {
  readonly files: ModelFiles;
  readonly pipeline: Pipeline;
  readonly scaler: FeatureScaler;
  readonly vecNormalize: VecNormalizeStatistics | undefined;
  /** Whether some of the forecaster's weights have half precision. */
  readonly halfPrecision: boolean;
}

type Expected = readonly (number | null)[];

/** What another program computed for one account. */
export interface ExpectedDecision {
  readonly accountState: readonly number[];
  readonly observation?: readonly number[] | undefined;
  readonly normalizedObservation?: readonly number[] | undefined;
  readonly action?: readonly number[] | undefined;
}

/** What another program computed on one window of candles; null where a number is undefined. */
export interface ExpectedPath {
  readonly candles: readonly Candle[];
  readonly funding: readonly FundingRate[];
  /** The last row, not scaled, in the order of the features. */
  readonly features?: Expected | undefined;
  readonly scaledLastRow?: Expected | undefined;
  /** Row-major [horizon, 3]. */
  readonly quantiles?: readonly number[] | undefined;
  readonly forecastFeatures?: readonly number[] | undefined;
  readonly decisions: readonly ExpectedDecision[];
}

/** How far a quantity may differ; that of a feature depends on the feature. */
export interface PathTolerances {
  readonly feature: (feature: Feature) => Tolerance;
  readonly scaled: Tolerance;
  readonly forecast: Tolerance;
  readonly observation: Tolerance;
  readonly policy: Tolerance;
}

/**
 * Computes the whole path from candles to actions and compares it with what another program computed. Each quantity
 * is computed from that program's value of the one before, so that a difference shows once, where it begins.
 * @param where the place in a file, for messages
 * @returns what the policy answered for each decision
 */
export async function compareModelPath(
  { files, pipeline, scaler, vecNormalize }: PathModel,
  expected: ExpectedPath,
  engine: Pick<InferenceEngine, 'forecast' | 'act'>,
  tolerances: PathTolerances,
  comparison: Comparison,
  where: string,
): Promise<PolicyOutput[]> {
  const { features } = pipeline;
  const compare = (
    quantity: ProofQuantity,
    actual: ArrayLike<number>,
    theirs: Expected | undefined,
    tolerance: Tolerance | ((position: number) => Tolerance),
    nameOf?: (position: number) => string,
  ) => {
    if (theirs !== undefined) comparison.numbers(quantity, actual, theirs, tolerance, where, nameOf);
  };
  const featureName = (position: number) => features[position]!.name;

  const window = decisionWindow(pipeline, expected.candles, expected.funding, scaler);
  compare(
    'features',
    window.features,
    expected.features,
    (position) => tolerances.feature(features[position]!),
    featureName,
  );
  const row = scaleRows(orTheirs(window.features, expected.features), scaler);
  compare('scaled_last_row', row, expected.scaledLastRow, tolerances.scaled, featureName);

  const scaled = window.scaled.slice();
  scaled.set(orTheirs(Float64Array.from(row), expected.scaledLastRow), scaled.length - features.length);
  const quantiles = await engine.forecast(files, scaled, 1);
  compare('quantiles', quantiles, expected.quantiles, tolerances.forecast, quantileName);
  const theirQuantiles = Float32Array.from(expected.quantiles ?? quantiles);
  const forecast = forecastFeatures(theirQuantiles, pipeline.forecastFeatures);
  compare('forecast_features', forecast, expected.forecastFeatures, tolerances.forecast);

  const outputs: PolicyOutput[] = [];
  for (const decision of expected.decisions) {
    const observed = observation(pipeline, {
      features: scaled.slice(-features.length),
      forecast: expected.forecastFeatures ?? forecast,
      account: decision.accountState,
    });
    compare('observation', observed, decision.observation, tolerances.observation);
    const theirObservation = Float32Array.from(decision.observation ?? observed);
    const normalized = normalizeObservation(theirObservation, vecNormalize);
    compare('normalised_observation', normalized, decision.normalizedObservation, tolerances.policy);
    const output = await engine.act(files, Float32Array.from(decision.normalizedObservation ?? normalized));
    compare('action', output.mean.map(clipAction), decision.action, tolerances.policy);
    outputs.push(output);
  }
  return outputs;
}

/** Their numbers, and ours where they have none. */
function orTheirs(ours: Float64Array, theirs: Expected | undefined): Float64Array {
  return theirs === undefined ? ours : ours.map((value, position) => theirs[position] ?? value);
}

function quantileName(position: number): string {
  const quantile = ['low', 'mid', 'high'][position % QUANTILE_COUNT];
  return `step ${Math.floor(position / QUANTILE_COUNT) + 1}, ${quantile}`;
}

function clipAction(mean: number): number {
  return Math.min(1, Math.max(-1, mean));
}
