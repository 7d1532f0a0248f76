import { expect, test } from 'vitest';
import { diffText } from '../../../src/web/views/packages/diff-text.ts';
import { tagsOfText } from '../../../src/web/views/packages/tags.ts';
import { sentShares } from '../../../src/web/views/packages/upload/files.ts';
import { refusedPart } from '../../../src/web/views/packages/upload/refused-part.ts';

test.each([
  [[100, 300], { sent: 0, total: 500 }, [0, 0]],
  [[100, 300], { sent: 125, total: 500 }, [1, 0]],
  [[100, 300], { sent: 312.5, total: 500 }, [1, 0.5]],
  [[100, 300], { sent: 500, total: 500 }, [1, 1]],
  [[0, 300], { sent: 0, total: 0 }, [1, 1]],
])('of files of %j bytes, %j of the form are the shares %j', (sizes, progress, shares) => {
  expect(sentShares(sizes, progress)).toEqual(shares);
});

test.each([
  ['OBSERVATION_SIZE', 'ppo_model'],
  ['FEATURE_COUNT', 'forecast_model'],
  ['PT_TORCHSCRIPT', 'forecast_model'],
  ['SCALER_FEATURES', 'scaler'],
  ['PROOF_MISMATCH', 'proof'],
  ['VEC_NORMALIZE_SHAPE', 'vec_normalize'],
  ['MANIFEST_INVALID', 'manifest'],
  // Both models have zip containers and tensors.
  ['ZIP_MALFORMED', undefined],
  ['TENSOR_SHAPE', undefined],
] as const)('%s is about the part %s', (code, part) => {
  expect(refusedPart({ code })).toBe(part);
});

test('tags are separated by commas, with or without #', () => {
  expect(tagsOfText(' btc, #May run ,, ')).toEqual(['btc', 'May run']);
});

test.each([
  [null, 'does not have it'],
  [12345, '12,345'],
  [0.30000001192092896, '0.3'],
  [['a', 2], 'a, 2'],
  [{ mean: 1.5, scale: null }, 'mean 1.5, scale null'],
  [true, 'true'],
])('the value %j of a diff reads %j', (value, text) => {
  expect(diffText(value)).toBe(text);
});
