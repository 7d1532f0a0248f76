/** Number types of tensors, with their bytes per element. */
export const DTYPE_BYTES = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type TorchDtype = keyof typeof DTYPE_BYTES;

/** torch's storage classes by name. */
export const STORAGE_DTYPES: ReadonlyMap<string, TorchDtype> = new Map([
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['DoubleStorage', 'float64'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
]);

/** Number types of weights (forecast-and-policy.md#3). */
export type WeightDtype = 'float32' | 'float16' | 'bfloat16' | 'float64';

export function isWeightDtype(dtype: TorchDtype): dtype is WeightDtype {
  return dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float64';
}
