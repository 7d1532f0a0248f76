import type { DecisionTimeframe, IntrabarTimeframe } from '../candle.ts';
import type { FeatureQuantiles } from './feature-quantiles.ts';
import type { FeatureSet } from './features/feature-sets.ts';
import type { ForecastFeatureDefinition } from './forecast-features.ts';
import type { ObservationBlock } from './observation-blocks.ts';

/** What is shown of a `VecNormalize`. */
interface VecNormalizeSummary {
  readonly norm_obs: boolean;
  readonly clip_obs?: number;
  readonly epsilon?: number;
  readonly count?: number;
}

/** A manifest that is complete and agrees with the package's files (packages.md#10 to packages.md#13). */
export interface PackageManifest {
  readonly decision_tf: DecisionTimeframe;
  readonly intrabar_tf: IntrabarTimeframe;
  readonly lookback_steps: number;
  readonly history_candles: number;
  readonly forecast_horizon_steps: number;
  readonly forecast_quantiles: readonly [number, number, number];
  readonly forecast_features: ForecastFeatureDefinition;
  readonly feature_set: FeatureSet;
  readonly feature_order: readonly string[];
  readonly observation: readonly ObservationBlock[];
  readonly max_hold_steps: number;
  readonly n_heads: number;
  readonly symbol: string;
  readonly d_model: number;
  readonly layers: number;
  readonly patch_len: number;
  readonly stride: number;
  readonly parameters: number;
  readonly policy_layers: readonly number[];
  readonly policy_activation: string;
  readonly observation_size: number;
  readonly action_size: number;
  /** Whether the package has its own scaler or uses the service's. */
  readonly scaler_source: 'package' | 'default';
  /** Models that were trained before this one was chosen. */
  readonly trials?: number | undefined;
  /** By the names of features. */
  readonly feature_quantiles?: Readonly<Record<string, FeatureQuantiles>> | undefined;
  /** How observations are normalized; null where they are not. */
  readonly vec_normalize: VecNormalizeSummary | null;
  readonly [field: string]: unknown;
}
