import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksPerRow, INT8_BLOCK, quantizeRow } from '../../../src/models/int8-matrix.ts';

function quantized(row: Float32Array) {
  const blocks = blocksPerRow(row.length);
  const bytes = new Uint8Array(blocks * INT8_BLOCK);
  const scales = new Float32Array(blocks);
  quantizeRow(row, bytes, scales);
  return { bytes, scales };
}

describe('quantizeRow', () => {
  test('rounds every number by at most half a step of its block', () => {
    const numbers = fc.float32Array({
      minLength: 1,
      maxLength: 3 * INT8_BLOCK,
      noNaN: true,
      min: Math.fround(-1e6),
      max: Math.fround(1e6),
    });
    fc.assert(
      fc.property(numbers, (row) => {
        const { bytes, scales } = quantized(row);
        row.forEach((value, i) => {
          const scale = scales[Math.floor(i / INT8_BLOCK)]!;
          expect(Math.abs((bytes[i]! - 128) * scale - value)).toBeLessThanOrEqual(scale * 0.5001 + 1e-30);
        });
      }),
    );
  });

  test('uses all levels for the largest number of a block, of either sign', () => {
    const { bytes, scales } = quantized(Float32Array.of(0.5, -2, 1, 0));
    expect([...bytes.subarray(0, 4)]).toEqual([160, 1, 192, 128]);
    expect(scales[0]).toBe(Math.fround(2 / 127));
  });

  test('pads the last block with zeros, and gives a block of zeros the scale 0', () => {
    const row = new Float32Array(INT8_BLOCK + 1).fill(3, INT8_BLOCK);
    const { bytes, scales } = quantized(row);
    expect(bytes.subarray(0, INT8_BLOCK)).toEqual(new Uint8Array(INT8_BLOCK).fill(128));
    expect(bytes[INT8_BLOCK]).toBe(255);
    expect(bytes.subarray(INT8_BLOCK + 1)).toEqual(new Uint8Array(INT8_BLOCK - 1).fill(128));
    expect(scales[0]).toBe(0);
  });

  test.each([1e-44, 1e-38, 3e38])('stays finite for numbers like %d', (value) => {
    const { scales } = quantized(Float32Array.of(value, -value));
    expect(scales.every(Number.isFinite)).toBe(true);
  });
});
