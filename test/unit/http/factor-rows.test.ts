import { expect, test } from 'vitest';
import type { FactorGroup } from '../../../src/factor-models/factor-group.ts';
import { matrixOf } from '../../../src/http/factor-models/predict/rows.ts';

const group = (featureDim: number) =>
  ({
    key: 'A_x',
    factors: ['a'],
    model: { facts: { featureDim, featureNames: [], missing: null } },
  }) as unknown as FactorGroup;

test('rows by name of a model with very many features are refused before memory is taken for them', () => {
  const rows = Array.from({ length: 10_000 }, () => ({ a: 1 }));
  expect(matrixOf(rows, group(500))).toHaveLength(5_000_000);
  expect(() => matrixOf(rows, group(501))).toThrow(/5010000 values; a request may have 5000000/);
  expect(() => matrixOf(rows, group(1_000_000_000))).toThrow(/a request may have/);
});
