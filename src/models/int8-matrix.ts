/**
 * A matrix of 8-bit numbers (forecast-and-policy.md#13): each row is split into blocks of `INT8_BLOCK` numbers with one
 * float32 scale each, and value = (byte - 128) * scale. onnxruntime's MatMulNBits computes with this layout directly
 * (its list of contributed operators).
 */

/** Smaller blocks are hardly more exact (0.6 % of the band's width with 256, 0.5 % with 32) and a third slower. */
export const INT8_BLOCK = 256;

/** The byte that stands for 0. */
const ZERO = 128;
/** Bytes go from -127 to 127 around it. */
const LEVELS = 127;
/** A block without a number above this becomes 0: its scale, or one over it, would not be a normal float32. */
const SMALLEST = 1e-30;

/** Blocks of a row of `inputs` numbers; the last block may be padded. */
export function blocksPerRow(inputs: number): number {
  return Math.ceil(inputs / INT8_BLOCK);
}

/**
 * Rounds one row of finite numbers to the nearest bytes.
 * @param bytes [blocks * INT8_BLOCK] receives the row; the last block is padded with zeros
 * @param scales [blocks] receives the scales
 */
export function quantizeRow(row: Float32Array, bytes: Uint8Array, scales: Float32Array): void {
  for (let block = 0; block < scales.length; block++) {
    const from = block * INT8_BLOCK;
    const to = Math.min(row.length, from + INT8_BLOCK);
    let largest = 0;
    for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(row[i]!));
    const perLevel = largest > SMALLEST ? LEVELS / largest : 0;
    scales[block] = largest > SMALLEST ? largest / LEVELS : 0;
    // Adding the half and truncating rounds, since the sum is never negative.
    for (let i = from; i < to; i++) bytes[i] = row[i]! * perLevel + (ZERO + 0.5);
    bytes.fill(ZERO, to, from + INT8_BLOCK);
  }
}
