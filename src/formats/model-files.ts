/** What the readers of trained files hand on: plain descriptions, weights still lying in the file. */

/** One member of a zip container whose local and central headers have been found to agree. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  /** Offset of the member's first data byte in the container. */
  readonly dataOffset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
}

export type TorchDtype =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float64'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** A view into a storage, as torch describes it; all numbers are elements, not bytes, and lie inside the storage. */
export interface TorchTensor {
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly storageOffset: number;
  /** The little-endian bytes of the whole storage; only a stored one can be used in place. */
  readonly storage: ZipEntry;
}

export type StateDict = ReadonlyMap<string, TorchTensor>;

/** The shape of a PatchTST forecaster, read from its tensors; only `heads` has to be told. */
export interface PatchTstArchitecture {
  readonly features: number;
  readonly lookback: number;
  readonly horizon: number;
  readonly quantiles: number;
  readonly patchLength: number;
  readonly stride: number;
  readonly patches: number;
  readonly dModel: number;
  readonly heads: number;
  readonly layers: number;
  readonly feedForward: number;
  readonly hidden: number;
  readonly parameters: number;
}

/** A forecaster as uploaded: its shape, and its tensors by the names of the specification (prefixes removed). */
export interface ForecasterFile {
  readonly architecture: PatchTstArchitecture;
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

/** A PPO actor: hidden layers with one activation, then the mean of the actions, and one log std per action. */
export interface PolicyFile {
  readonly activation: Activation;
  readonly hidden: readonly DenseLayer[];
  readonly output: DenseLayer;
  readonly logStd: Float32Array;
  readonly observationSize: number;
  readonly actionSize: number;
}

/** The numbers that a forecaster computes with: float32, or 8-bit ones for its largest matrix (forecast-and-policy.md#13). */
export type WeightForm = 'float32' | 'int8';

/** x -> (x - mean) / scale, per feature, in float64. */
export interface StandardScaler {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** The names the file gives its features, where it does. */
  readonly featureOrder?: readonly string[];
}
