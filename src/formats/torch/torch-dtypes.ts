/** Number types of tensors, with their bytes per element and torch's storage classes. */
export const DTYPES = {
  float32: { bytes: 4, storage: 'FloatStorage' },
  float16: { bytes: 2, storage: 'HalfStorage' },
  bfloat16: { bytes: 2, storage: 'BFloat16Storage' },
  float64: { bytes: 8, storage: 'DoubleStorage' },
  int64: { bytes: 8, storage: 'LongStorage' },
  int32: { bytes: 4, storage: 'IntStorage' },
  int16: { bytes: 2, storage: 'ShortStorage' },
  int8: { bytes: 1, storage: 'CharStorage' },
  uint8: { bytes: 1, storage: 'ByteStorage' },
  bool: { bytes: 1, storage: 'BoolStorage' },
} as const;

export type TorchDtype = keyof typeof DTYPES;

/** Number types of weights (forecast-and-policy.md#3). */
export type WeightDtype = 'float32' | 'float16' | 'bfloat16' | 'float64';

export function isWeightDtype(dtype: TorchDtype): dtype is WeightDtype {
  return dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float64';
}
