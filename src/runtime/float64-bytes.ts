const BYTES_PER_NUMBER = 8;

/** Numbers as little-endian float64, whatever the machine: unlike JSON it keeps every bit, and what is not finite. */
export function bytesOfNumbers(numbers: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(numbers.length * BYTES_PER_NUMBER);
  for (let index = 0; index < numbers.length; index++)
    bytes.writeDoubleLE(numbers[index]!, index * BYTES_PER_NUMBER);
  return bytes;
}

/** The numbers of `bytesOfNumbers`; a rest of less than 8 bytes is left out. */
export function numbersOfBytes(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: Math.floor(bytes.byteLength / BYTES_PER_NUMBER) }, (_, index) =>
    view.getFloat64(index * BYTES_PER_NUMBER, true),
  );
}
