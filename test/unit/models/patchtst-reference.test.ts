// promise: forecast-and-policy.md, table "Forecaster file"

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { withFileReader } from '../../../src/formats/byte-reader.ts';
import { readForecaster } from '../../../src/formats/torch/read-forecaster.ts';
import { readTensor } from '../../../src/formats/torch/read-tensor.ts';
import { type HeadBlocks, patchTstGraph } from '../../../src/models/patchtst-graph.ts';
import { createSession } from '../../../src/models/session.ts';
import { type PlacementLimits, placeWeights, type Weights } from '../../../src/models/weights.ts';
import { possibleStrides } from '../../../src/pipeline/patch-layout.ts';
import { largestDifference } from '../../helper/largest-difference.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/inference/', import.meta.url));
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -'.pt'.length));
const WINDOW = 512 * 28;
const FORECAST = 192 * 3;
const WINDOWS = referenceWindows(5);

/** Mapped or embedded weights, and a split head, must give the same numbers. */
const VARIANTS: [string, PlacementLimits, HeadBlocks?][] = [
  ['as in production', {}],
  ['everything embedded', { minMappedFloat32Bytes: Infinity, minMappedOtherBytes: Infinity }],
  ['everything mapped', { minMappedFloat32Bytes: 0, minMappedOtherBytes: 0 }],
  [
    'everything mapped, the head in blocks',
    { minMappedFloat32Bytes: 0, minMappedOtherBytes: 0 },
    { minBytes: 0, rows: 50, maxWidenedBytes: 20_000 },
  ],
  [
    'everything embedded, the head in blocks',
    { minMappedFloat32Bytes: Infinity, minMappedOtherBytes: Infinity },
    { minBytes: 0, rows: 50, maxWidenedBytes: 20_000 },
  ],
];

describe.each(NAMES)('the forecasts of %s equal those of torch', (name) => {
  const expected = floats(readFileSync(`${FOLDER}${name}.bin`));

  test.each(VARIANTS)('%s', async (_, limits, blocks) => {
    const { session } = await open(name, limits, blocks);
    expect(expected.length).toBe(5 * FORECAST);
    const five = await session.run(WINDOWS, [5, 512, 28]);
    expect(largestDifference(five, expected)).toBeLessThan(1e-5);
    const third = await session.run(WINDOWS.subarray(2 * WINDOW, 3 * WINDOW), [1, 512, 28]);
    expect(largestDifference(third, expected.subarray(2 * FORECAST, 3 * FORECAST))).toBeLessThan(1e-5);
    await session.dispose();
  });
});

describe('mapped weights', () => {
  test.each([
    ['plain.heads1', true],
    ['odd_stride.heads2', true],
    ['many_heads.heads8', true],
    ['doubles.heads2', true],
    ['deflated.heads2', false],
    ['misaligned.heads2', false],
  ])('%s: %s', async (name, mapped) => {
    const { weights, session } = await open(name, { minMappedFloat32Bytes: 0, minMappedOtherBytes: 0 });
    await session.dispose();
    expect('offset' in weights.get('head.1.weight')!).toBe(mapped);
  });

  test('small weights of half precision are embedded', async () => {
    const { weights, session } = await open('odd_stride.heads2', {});
    await session.dispose();
    expect(weights.get('head.1.weight')).toHaveProperty('values');
  });

  test('transposed tensors are embedded, slices of a shared storage are mapped', async () => {
    const { weights, session } = await open('views.heads4', { minMappedFloat32Bytes: 0 });
    await session.dispose();
    expect(weights.get('head.1.weight')).toHaveProperty('values');
    expect(weights.get('encoder.layers.0.norm2.weight')).toHaveProperty('offset');
  });
});

const LOOKBACK = 512;

async function open(name: string, limits: PlacementLimits, blocks?: HeadBlocks) {
  const heads = Number(/heads(\d+)$/.exec(name)![1]);
  return withFileReader(`${FOLDER}${name}.pt`, async (reader) => {
    const { shape, weights: state } = await readForecaster(reader);
    const stride = possibleStrides(shape, LOOKBACK)!.largest;
    const architecture = { ...shape, heads, lookback: LOOKBACK, stride };
    const weights: Weights = await placeWeights(reader, state, readTensor, limits);
    const model = patchTstGraph(architecture, weights, `${name}.pt`, blocks).encode();
    return { weights, session: await createSession(model, { folder: FOLDER, threads: 1 }) };
  });
}

/** The windows of make_reference.py. */
function referenceWindows(batch: number): Float32Array {
  return Float32Array.from(
    { length: batch * WINDOW },
    (_, i) => ((i * 2_654_435_761) % 2 ** 32) / 2 ** 30 - 2,
  );
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
