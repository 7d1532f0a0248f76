/**
 * A matrix as 8-bit numbers: each row is cut into blocks of `COMPACT_BLOCK` numbers with one float32 scale each, and
 * value = (byte - 128) * scale (forecast-and-policy.md#13). onnxruntime's MatMulNBits computes with it as it is.
 */

/** Smaller blocks are hardly more exact (0.6 % of the band's width with 256, 0.5 % with 32) and a third slower. */
export const COMPACT_BLOCK = 256;

/** The byte that stands for 0. */
const ZERO = 128;
/** Bytes go from -127 to 127 around it. */
const LEVELS = 127;
/** A block with no number above this is 0: its scale, or one over it, would not be a normal float32. */
const SMALLEST = 1e-30;

/** Blocks of a row of so many numbers; the last one may be filled up. */
export function blocksOf(inputs: number): number {
  return Math.ceil(inputs / COMPACT_BLOCK);
}

/**
 * Rounds one row of finite numbers to the nearest bytes.
 * @param bytes [blocks * COMPACT_BLOCK] what the row becomes; the end of the last block is filled with zeros
 * @param scales [blocks]
 */
export function compactRow(row: Float32Array, bytes: Uint8Array, scales: Float32Array): void {
  for (let block = 0; block < scales.length; block++) {
    const from = block * COMPACT_BLOCK;
    const to = Math.min(row.length, from + COMPACT_BLOCK);
    let largest = 0;
    for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(row[i]!));
    const perLevel = largest > SMALLEST ? LEVELS / largest : 0;
    scales[block] = largest > SMALLEST ? largest / LEVELS : 0;
    // Adding the half and cutting rounds, since the sum is never negative.
    for (let i = from; i < to; i++) bytes[i] = row[i]! * perLevel + (ZERO + 0.5);
    bytes.fill(ZERO, to, from + COMPACT_BLOCK);
  }
}
