import { type DecisionTimeframe, type IntrabarTimeframe, TIMEFRAME_MS } from '../candle.ts';
import { type Feature, featureNamed } from './features/catalogue.ts';
import { warmUpRowsOf } from './features/feature-rows.ts';
import type { ForecastFeatureDefinition } from './forecast-features.ts';
import type { PackageManifest } from './manifest.ts';
import { blockSizes, type ObservationBlock } from './observation-blocks.ts';

/** Everything between closed candles and an action that a package declares (pipelines.md). */
export interface Pipeline {
  /** One decision is taken per candle of this timeframe. */
  readonly decisionTimeframe: DecisionTimeframe;
  readonly decisionMs: number;
  /** Stops and targets are executed on candles of this timeframe. */
  readonly intrabarTimeframe: IntrabarTimeframe;
  readonly intrabarMs: number;
  /** In the order in which the models read them. */
  readonly features: readonly Feature[];
  /** Rows before the first one in which all features are defined. */
  readonly warmUpRows: number;
  /** Rows of features that the forecaster reads. */
  readonly lookbackSteps: number;
  /** Closed candles that every decision is computed from. */
  readonly historyCandles: number;
  /** The newest candles that a forecast needs whole: those of its rows and of their warm-up. */
  readonly forecastCandles: number;
  /** Steps that a forecast looks ahead; one step is one decision candle. */
  readonly horizonSteps: number;
  readonly quantileLevels: readonly [number, number, number];
  readonly forecastFeatures: ForecastFeatureDefinition;
  readonly observation: readonly ObservationBlock[];
  readonly observationSize: number;
  /** Steps after which a lot of the policy is closed. */
  readonly maxHoldSteps: number;
}

/** What determines a pipeline. */
type PipelineFacts = Omit<
  Pipeline,
  'decisionMs' | 'intrabarMs' | 'features' | 'warmUpRows' | 'forecastCandles' | 'observationSize'
> & { readonly featureNames: readonly string[] };

/**
 * A pipeline with all that follows from its facts.
 * @throws MANIFEST_INVALID for a feature that is not known
 */
export function pipelineFrom(facts: PipelineFacts): Pipeline {
  const { featureNames, decisionTimeframe, intrabarTimeframe, observation, ...others } = facts;
  const features = featureNames.map(featureNamed);
  const warmUpRows = warmUpRowsOf(features);
  const sizes = blockSizes(features.length);
  return Object.freeze({
    ...others,
    decisionTimeframe,
    decisionMs: TIMEFRAME_MS[decisionTimeframe],
    intrabarTimeframe,
    intrabarMs: TIMEFRAME_MS[intrabarTimeframe],
    features,
    warmUpRows,
    forecastCandles: warmUpRows + facts.lookbackSteps,
    observation,
    observationSize: observation.reduce((sum, block) => sum + sizes[block], 0),
  });
}

/** The pipeline that a package's complete manifest describes. */
export function pipelineOf(manifest: PackageManifest): Pipeline {
  return pipelineFrom({
    decisionTimeframe: manifest.decision_tf,
    intrabarTimeframe: manifest.intrabar_tf,
    featureNames: manifest.feature_order,
    lookbackSteps: manifest.lookback_steps,
    historyCandles: manifest.history_candles,
    horizonSteps: manifest.forecast_horizon_steps,
    quantileLevels: manifest.forecast_quantiles,
    forecastFeatures: manifest.forecast_features,
    observation: manifest.observation,
    maxHoldSteps: manifest.max_hold_steps,
  });
}
