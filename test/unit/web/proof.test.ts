import { expect, test } from 'vitest';
import { differencesOf, proofText } from '../../../src/web/views/packages/proof.ts';

const PROOF = { cases: 3, largest_differences: { features: 1e-15, forecast_features: 4.2e-7, action: 0 } };

test.each([
  [null, 'no proof'],
  [PROOF, 'proven: 3 windows, largest difference 4e-7'],
  [{ cases: 1, largest_differences: { action: 0 } }, 'proven: 1 window, largest difference 0'],
])('the proof %j reads "%s"', (proof, text) => expect(proofText(proof)).toBe(text));

test('the differences of a proof are listed, the largest first', () => {
  expect(differencesOf(PROOF)).toEqual([
    ['forecast features', '4e-7'],
    ['features', '1e-15'],
    ['action', '0'],
  ]);
});
