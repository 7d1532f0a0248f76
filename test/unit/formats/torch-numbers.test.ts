import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstNonFinite } from '../../../src/formats/torch/torch-numbers.ts';

const BAD = {
  float32: [0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001],
  float16: [0x7c00, 0xfc00, 0x7e00, 0xfe01, 0x7c01],
  bfloat16: [0x7f80, 0xff80, 0x7fc0, 0xffc1, 0x7f81],
} as const;

/** The largest numbers of each kind, the smallest, and zeros. */
const GOOD = {
  float32: [0x7f7fffff, 0xff7fffff, 1, 0x80000001, 0, 0x80000000],
  float16: [0x7bff, 0xfbff, 1, 0x8001, 0, 0x8000],
  bfloat16: [0x7f7f, 0xff7f, 1, 0x8001, 0, 0x8000],
} as const;

test.each(['float32', 'float16', 'bfloat16'] as const)('finds the first %s that is not finite', (dtype) => {
  const numbers = fc.array(fc.constantFrom(...GOOD[dtype]), { maxLength: 40 });
  const faults = fc.array(fc.tuple(fc.nat(39), fc.constantFrom(...BAD[dtype])), { maxLength: 3 });
  fc.assert(
    fc.property(numbers, faults, fc.nat(3), (good, bad, shift) => {
      const bits: number[] = [...good];
      for (const [at, value] of bad) if (at < bits.length) bits[at] = value;
      const expected = bits.findIndex((value) => (BAD[dtype] as readonly number[]).includes(value));
      const typed = dtype === 'float32' ? Uint32Array.from(bits) : Uint16Array.from(bits);
      // Chunks of a file lie anywhere in memory.
      const bytes = new Uint8Array(typed.byteLength + shift);
      bytes.set(new Uint8Array(typed.buffer), shift);
      expect(firstNonFinite(dtype, bytes.subarray(shift))).toBe(expected);
    }),
  );
});
