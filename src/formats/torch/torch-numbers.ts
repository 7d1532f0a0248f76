import { halfToNumber, typedArray } from '../numbers.ts';
import type { WeightDtype } from './torch-dtypes.ts';

/** The float32 of every float16, by its bits; computed on first use. */
let halves: Float32Array | undefined;

function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfToNumber(bits));
  return halves;
}

/** Writes the little-endian numbers in `bytes` to the start of `target` as float32. */
export function widen(dtype: WeightDtype, bytes: Uint8Array, target: Float32Array): void {
  if (dtype === 'float32') {
    new Uint8Array(target.buffer, target.byteOffset, bytes.length).set(bytes);
  } else if (dtype === 'float64') {
    target.set(typedArray(Float64Array, bytes));
  } else if (dtype === 'float16') {
    const table = halfTable();
    const source = typedArray(Uint16Array, bytes);
    for (let i = 0; i < source.length; i++) target[i] = table[source[i] as number] as number;
  } else {
    const source = typedArray(Uint16Array, bytes);
    const bits = new Uint32Array(target.buffer, target.byteOffset, source.length);
    for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
  }
}

/** Index of the first number that is NaN, infinite or becomes infinite as float32; -1 when there is none. */
export function firstNonFinite(dtype: WeightDtype, bytes: Uint8Array): number {
  switch (dtype) {
    case 'float32':
      return firstNonFinite32(typedArray(Int32Array, bytes));
    case 'float16':
      return firstWithBits(typedArray(Int16Array, bytes), 0x7c00);
    case 'bfloat16':
      return firstWithBits(typedArray(Int16Array, bytes), 0x7f80);
    case 'float64':
      return typedArray(Float64Array, bytes).findIndex((value) => !Number.isFinite(Math.fround(value)));
  }
}

/** In IEEE 754, NaN and infinity have all bits of the exponent set. */
function firstWithBits(numbers: Int16Array, exponent: number): number {
  let i = 0;
  while (i < numbers.length && ((numbers[i] as number) & exponent) !== exponent) i += 1;
  return i < numbers.length ? i : -1;
}

/**
 * Negative for NaN and infinity: with all bits of the exponent set, adding the lowest of them carries into the sign
 * bit, which was cleared before.
 */
function carried(bits: number): number {
  return ((bits & 0x7fffffff) + 0x00800000) | 0;
}

/** Eight numbers at a time take half the time; this runs over every byte of an upload. */
function firstNonFinite32(numbers: Int32Array): number {
  const at = (i: number) => carried(numbers[i] as number);
  const whole = numbers.length - (numbers.length % 8);
  let i = 0;
  while (
    i < whole &&
    (at(i) | at(i + 1) | at(i + 2) | at(i + 3) | at(i + 4) | at(i + 5) | at(i + 6) | at(i + 7)) >= 0
  ) {
    i += 8;
  }
  while (i < numbers.length && at(i) >= 0) i += 1;
  return i < numbers.length ? i : -1;
}
