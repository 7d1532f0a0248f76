/** A class of typed arrays. */
export interface TypedArrayClass<T> {
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** The numbers in `bytes`, which are copied only where they are not aligned or have the other byte order. */
export function typedArray<T>(Numbers: TypedArrayClass<T>, bytes: Uint8Array, littleEndian = true): T {
  const size = Numbers.BYTES_PER_ELEMENT;
  // Not slice(): that of a Buffer copies nothing.
  const source = littleEndian && bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  if (!littleEndian) swapBytes(Buffer.from(source.buffer), size);
  return new Numbers(source.buffer, source.byteOffset, Math.floor(source.length / size));
}

function swapBytes(buffer: Buffer, size: number): void {
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A number where it is exact, otherwise the bigint. */
export function numberIfSafe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Whether it is a whole number from 0 to 2^53 - 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
