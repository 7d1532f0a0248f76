import { describe, expect, it } from 'vitest';
import { erfc, normalCdf, normalQuantile } from '../../../src/pipeline/normal-distribution.ts';

describe('erfc', () => {
  // From the C library.
  it.each([
    [0, 1.0],
    [1e-10, 0.999999999887162],
    [0.1, 0.8875370839817152],
    [0.33, 0.640721345025641],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [1.5, 0.033894853524689274],
    [1.9999999, 0.004677737047746216],
    [2, 0.004677734981047265],
    [2.0000001, 0.004677732914349147],
    [2.5, 0.0004069520174449589],
    [3, 2.2090496998585438e-5],
    [4, 1.541725790028002e-8],
    [5, 1.5374597944280351e-12],
    [8, 1.1224297172982928e-29],
    [20, 5.3958656116079005e-176],
    [Number.POSITIVE_INFINITY, 0],
  ])('of %d is %d, and symmetric', (x, expected) => {
    expect(Math.abs(erfc(x) - expected)).toBeLessThanOrEqual(Math.min(5e-16, expected * 2e-13));
    expect(Math.abs(erfc(-x) - (2 - expected))).toBeLessThanOrEqual(5e-16);
  });
});

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [-10, 7.61985302416059e-24],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.POSITIVE_INFINITY, 1],
  ])('below %d has probability %d', (z, expected) => {
    expect(Math.abs(normalCdf(z) - expected)).toBeLessThanOrEqual(expected * 1e-12);
  });
});

describe('normalQuantile', () => {
  // By mpmath.
  it.each([
    [0.001, -3.0902323061678136],
    [0.05, -1.6448536269514726],
    [0.3, -0.5244005127080408],
    [0.75, 0.6744897501960817],
    [0.9999, 3.7190164854556804],
  ])('%d lies below %d', (p, expected) => {
    expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThanOrEqual(1e-12);
  });

  it('has its median at 0 and its ends at the infinities', () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    expect(() => normalQuantile(-0.1)).toThrow(RangeError);
  });
});
