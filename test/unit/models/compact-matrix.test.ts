import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksOf, COMPACT_BLOCK, compactRow } from '../../../src/models/compact-matrix.ts';

function compacted(row: Float32Array) {
  const blocks = blocksOf(row.length);
  const bytes = new Uint8Array(blocks * COMPACT_BLOCK);
  const scales = new Float32Array(blocks);
  compactRow(row, bytes, scales);
  return { bytes, scales };
}

describe('compactRow', () => {
  test('keeps every number to half a step of its block', () => {
    const numbers = fc.float32Array({
      minLength: 1,
      maxLength: 3 * COMPACT_BLOCK,
      noNaN: true,
      min: Math.fround(-1e6),
      max: Math.fround(1e6),
    });
    fc.assert(
      fc.property(numbers, (row) => {
        const { bytes, scales } = compacted(row);
        row.forEach((value, i) => {
          const scale = scales[Math.floor(i / COMPACT_BLOCK)]!;
          expect(Math.abs((bytes[i]! - 128) * scale - value)).toBeLessThanOrEqual(scale * 0.5001 + 1e-30);
        });
      }),
    );
  });

  test('gives the largest number of a block all levels, either way', () => {
    const { bytes, scales } = compacted(Float32Array.of(0.5, -2, 1, 0));
    expect([...bytes.subarray(0, 4)]).toEqual([160, 1, 192, 128]);
    expect(scales[0]).toBe(Math.fround(2 / 127));
  });

  test('fills the last block up with zeros, and gives a block of zeros the scale 0', () => {
    const row = new Float32Array(COMPACT_BLOCK + 1).fill(3, COMPACT_BLOCK);
    const { bytes, scales } = compacted(row);
    expect(bytes.subarray(0, COMPACT_BLOCK)).toEqual(new Uint8Array(COMPACT_BLOCK).fill(128));
    expect(bytes[COMPACT_BLOCK]).toBe(255);
    expect(bytes.subarray(COMPACT_BLOCK + 1)).toEqual(new Uint8Array(COMPACT_BLOCK - 1).fill(128));
    expect(scales[0]).toBe(0);
  });

  test.each([1e-44, 1e-38, 3e38])('stays finite for numbers like %d', (value) => {
    const { scales } = compacted(Float32Array.of(value, -value));
    expect(scales.every(Number.isFinite)).toBe(true);
  });
});
