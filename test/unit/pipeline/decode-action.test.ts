import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAction } from '../../../src/pipeline/decode-action.ts';
import { GOLDEN_PACKAGES, goldenPackage } from '../../helper/golden.ts';

const STD = [1, 1, 1, 1, 1];

/** Decodes a mean of zeros with some of its numbers replaced. */
function decode(changes: {
  dir?: number;
  size?: number;
  lev?: number;
  sl?: number;
  tp?: number;
  std?: number;
}) {
  const { dir = 0, size = 0, lev = 0, sl = 0, tp = 0, std = 1 } = changes;
  return decodeAction({ mean: [dir, size, lev, sl, tp], std: [std, 1, 1, 1, 1] });
}

describe('decoding an action', () => {
  it.each(GOLDEN_PACKAGES)('equals the original for every account state of %s', (name) => {
    for (const { decisions } of goldenPackage(name).cases) {
      for (const golden of Object.values(decisions)) {
        const decoded = decodeAction({
          mean: Float32Array.from(golden.mean),
          std: Float32Array.from(golden.std),
        });
        expect(decoded.action).toEqual(golden.action);
        expect(decoded.direction).toBe(golden.direction);
        expect(decoded.leverage).toBe(golden.leverage);
        expect(decoded.strength).toBe(golden.strength);
        expect(decoded.sizePct).toBeCloseTo(golden.size_pct, 14);
        expect(decoded.stopAtrMultiple).toBeCloseTo(golden.sl_atr_multiple, 14);
        expect(decoded.targetAtrMultiple).toBeCloseTo(golden.tp_atr_multiple, 14);
        expect(decoded.agreement).toBeCloseTo(golden.agreement, 7);
      }
    }
  });

  it.each([
    [0.33, 'FLAT', 'neutral', 0],
    [0.3300001, 'LONG', 'bullish', 50],
    [-0.33, 'FLAT', 'neutral', 0],
    [-0.3300001, 'SHORT', 'bearish', 50],
    [0.5, 'LONG', 'bullish', 75],
    [0.665, 'LONG', 'bullish', 99],
    [1, 'LONG', 'bullish', 99],
    [-40, 'SHORT', 'bearish', 99],
    [0, 'FLAT', 'neutral', 0],
  ])('direction %d is %s, %s, of strength %i', (dir, direction, sentiment, strength) => {
    expect(decode({ dir })).toMatchObject({ direction, sentiment, strength });
  });

  it.each([
    [-1, 1],
    [-0.89, 1],
    [-0.88, 2],
    [0, 6], // 5.5: the half goes to the even number
    [-1 / 4.5, 4], // 4.5
    [0.88, 9],
    [0.89, 10],
    [1, 10],
    [7, 10],
    [-7, 1],
  ])('leverage action %d is %i', (lev, leverage) => {
    expect(decode({ lev }).leverage).toBe(leverage);
  });

  it.each([
    [-1, 0, 0.5, 0.5],
    [0, 0.5, 1.75, 3.25],
    [1, 1, 3, 6],
    [3, 1, 3, 6],
    [-3, 0, 0.5, 0.5],
  ])('action %d is a size of %d, a stop of %d ATR and a target of %d ATR', (value, size, stop, target) => {
    expect(decode({ size: value, sl: value, tp: value })).toMatchObject({
      sizePct: size,
      stopAtrMultiple: stop,
      targetAtrMultiple: target,
    });
  });

  it.each([
    // A sample of normal(0, 1) is beyond +-0.33 with probability 0.3707 on each side.
    [0, 1, { long: 0.3707, flat: 0.2586, short: 0.3707 }, 26],
    [0.33, 1, { long: 0.5, flat: 0.245373, short: 0.254627 }, 25],
    [2, 0.01, { long: 1, flat: 0, short: 0 }, 100],
    [2, 0, { long: 1, flat: 0, short: 0 }, 100],
    [0.33, 0, { long: 0, flat: 1, short: 0 }, 100],
    [-0.5, 0, { long: 0, flat: 0, short: 1 }, 100],
    [0.5, Number.POSITIVE_INFINITY, { long: 0.5, flat: 0, short: 0.5 }, 50],
  ])(
    'a sample with mean %d and deviation %d has the probabilities %o and confidence %i',
    (dir, std, expected, confidence) => {
      const decoded = decode({ dir, std });
      expect(decoded.confidence).toBe(confidence);
      for (const side of ['long', 'flat', 'short'] as const) {
        expect(decoded.probabilities[side]).toBeCloseTo(expected[side], 5);
      }
    },
  );

  it('computes the confidence from the mean before clipping', () => {
    const farther = decode({ dir: 3 });
    expect(farther.action[0]).toBe(1);
    expect(farther.agreement).toBeGreaterThan(decode({ dir: 1 }).agreement);
  });

  it('gives every value within its bounds for any output of the policy', () => {
    const number = fc.oneof(fc.float({ noNaN: true }), fc.float({ min: -2, max: 2, noNaN: true }));
    const deviation = fc.oneof(
      fc.float({ min: 0, noNaN: true }),
      fc.float({ min: Math.fround(1e-3), max: 3, noNaN: true }),
    );
    const five = fc.tuple(number, number, number, number, number);
    fc.assert(
      fc.property(five, deviation, (mean, std) => {
        const decoded = decodeAction({ mean, std: [std, 1, 1, 1, 1] });
        const { long, flat, short } = decoded.probabilities;
        expect(Math.abs(long + flat + short - 1)).toBeLessThan(1e-12);
        for (const share of [long, flat, short, decoded.sizePct]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect([0, ...Array.from({ length: 50 }, (_, i) => 50 + i)]).toContain(decoded.strength);
        expect(decoded.leverage).toBe(Math.round(decoded.leverage));
        expect(decoded.leverage).toBeGreaterThanOrEqual(1);
        expect(decoded.leverage).toBeLessThanOrEqual(10);
        expect(decoded.confidence).toBeGreaterThanOrEqual(0);
        expect(decoded.confidence).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('refuses an output that is not 5 numbers', () => {
    expect(() => decodeAction({ mean: [0, 0, 0, 0], std: STD })).toThrow('5 numbers, not [0, 0, 0, 0]');
    expect(() => decodeAction({ mean: [Number.NaN, 0, 0, 0, 0], std: STD })).toThrow('5 numbers');
  });
});
