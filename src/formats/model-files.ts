import type { TorchDtype } from './torch/torch-dtypes.ts';

/** Results of the readers of trained files: plain descriptions; the weights stay in the file. */

/** A member of a zip container, after its local and central headers were compared. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  /** Offset of its data in the container. */
  readonly dataOffset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
}

/** A view into a storage, as torch describes it; numbers count elements, not bytes, and lie inside the storage. */
export interface TorchTensor {
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly storageOffset: number;
  /** The little-endian bytes of the whole storage. */
  readonly storage: ZipEntry;
}

export type StateDict = ReadonlyMap<string, TorchTensor>;

/** What the shapes of a PatchTST forecaster's tensors say. */
export interface ForecasterShape {
  readonly features: number;
  readonly horizon: number;
  readonly patchLength: number;
  readonly patches: number;
  readonly dModel: number;
  readonly layers: number;
  readonly feedForward: number;
  readonly hidden: number;
  readonly parameters: number;
}

/** What they do not say, from the manifest. */
export interface ForecasterSettings {
  readonly heads: number;
  readonly lookback: number;
  readonly stride: number;
}

export interface PatchTstArchitecture extends ForecasterShape, ForecasterSettings {}

/** A forecaster file: its shape, and its tensors by name without prefixes (forecast-and-policy.md#4). */
export interface ForecasterFile {
  readonly shape: ForecasterShape;
  readonly weights: StateDict;
}

export type Activation = 'tanh' | 'relu' | 'elu' | 'gelu' | 'silu' | 'leaky_relu' | 'identity';

/** y = activation(weight x + bias); `weight` is row-major [outputs, inputs]. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** The actor of PPO or A2C: hidden layers with one activation, then the mean of the actions. */
export interface PolicyFile {
  readonly activation: Activation;
  readonly hidden: readonly DenseLayer[];
  readonly output: DenseLayer;
  /** One per action; empty with `stateNoise`. */
  readonly logStd: Float32Array;
  /**
   * Deviations of state-dependent noise, row-major [latent, actions]: an action's deviation is
   * sqrt(sum(latent^2 * stateNoise^2) + 1e-6), where latent is what the last hidden layer gives, or the observation.
   */
  readonly stateNoise?: Float32Array;
  readonly observationSize: number;
  readonly actionSize: number;
}

/** The numbers that a forecaster computes with: float32, or 8-bit ones for its largest matrix (forecast-and-policy.md#13). */
export type WeightForm = 'float32' | 'int8';

/** Mean and standard deviation of what a scaler was fitted on, per feature. */
export interface TrainingMoments {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** x -> (x - mean) / scale, per feature, in float64. */
export interface StandardScaler {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** The names of the features, where the file has them. */
  readonly featureOrder?: readonly string[];
  /** Where the file has them; a RobustScaler and a MaxAbsScaler do not know them. */
  readonly training?: TrainingMoments;
}

/** x -> x * factor + offset, per feature, in float64, then clipped to `clip` where it is there. It knows no moments. */
export interface MinMaxScaler {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
  readonly clip?: readonly [low: number, high: number];
  /** The names of the features, where the file has them. */
  readonly featureOrder?: readonly string[];
}

/** How a package scales its features: with the operations of the class that was fitted, so that not even the last bit differs. */
export type FeatureScaler = StandardScaler | MinMaxScaler;

/** How `VecNormalize` changed what a policy observed in training. */
export interface VecNormalizeStatistics {
  /** Undefined where observations were not normalized (`norm_obs` was false). */
  readonly observations: ObservationStatistics | undefined;
}

/** x -> clip((x - mean) / sqrt(variance + epsilon), -clip, clip), per number of an observation, in float64. */
export interface ObservationStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly epsilon: number;
  readonly clip: number;
  /** Observations that mean and variance were computed from. */
  readonly count: number;
}
