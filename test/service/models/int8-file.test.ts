// promise: docs/operations.md "models/packages/<id>/.forecast_model"

import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInferenceEngine, type ModelFiles } from '../../../src/models/engine.ts';
import { int8PathOf } from '../../../src/models/int8-file.ts';
import { packageFiles, someWindows } from '../../helper/engine-fixtures.ts';
import { silentLog } from '../../helper/log.ts';
import { type ForecasterShape, writeRandomForecaster } from '../../helper/random-package.ts';

/** Rows of 28 * 63 * 16 = 28,224 weights, which is not a whole number of blocks; 18 MB in all. */
const SHAPE: ForecasterShape = { dModel: 16, layers: 1, patchLength: 16, stride: 8, hidden: 160 };
const windows = someWindows(3);

const folder = mkdtempSync(join(tmpdir(), 'paperdesk int8 '));
const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });
const { policyPath } = packageFiles('alpha');

function model(name: string, version = '1'): ModelFiles {
  const forecaster = { heads: 4, lookback: 512, stride: 8 };
  return { id: name, version, forecastPath: join(folder, `${name}.pt`), policyPath, forecaster };
}

function int8Of(name: string, version = '1'): ModelFiles {
  return { ...model(name), version: `${version} int8`, weights: 'int8' };
}

beforeAll(() => {
  writeRandomForecaster(model('float').forecastPath, SHAPE);
  writeRandomForecaster(model('half').forecastPath, SHAPE, { dtype: 'float16' });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe.each(['float', 'half'])('8-bit weights of a %s model', (name) => {
  test('forecast the same within 2 % of the width of the band', async () => {
    const trained = await engine.forecast(model(name), windows, 3);
    const int8 = await engine.forecast(int8Of(name), windows, 3);
    expect(int8).not.toEqual(trained);
    expect(meanDifference(trained, int8) / meanWidth(trained)).toBeLessThan(0.02);
  });

  test('take a quarter of the bytes of float32 weights', async () => {
    await engine.load(int8Of(name));
    const size = 160 * 28_224;
    expect(statSync(int8PathOf(model(name).forecastPath)).size).toBeLessThan(size * 1.05);
  });
});

describe('the file of 8-bit weights', () => {
  const path = int8PathOf(model('float').forecastPath);

  test('is reused', async () => {
    await engine.load(int8Of('float'));
    const { ino } = statSync(path);
    await engine.unload('float');
    await engine.load(int8Of('float'));
    expect(statSync(path).ino).toBe(ino);
  });

  test.each([
    ['is missing', () => rmSync(path)],
    ['ends too early', () => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ['has one wrong byte', () => flip(path, 1_000_000)],
    ['has a wrong byte in its header', () => flip(path, 5)],
    ['is another file', () => writeFileSync(path, 'a letter')],
    ['was only partly written', () => renameSync(path, `${path}.part`)],
  ])('is written again when it %s', async (_, damage) => {
    const expected = await engine.forecast(int8Of('float'), windows, 3);
    const content = readFileSync(path);
    await engine.unload('float');
    damage();
    expect(await engine.forecast(int8Of('float'), windows, 3)).toEqual(expected);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test('is written again for another version of the model', async () => {
    await engine.load(int8Of('float'));
    await engine.unload('float');
    const { forecastPath } = model('float');
    writeRandomForecaster(forecastPath, SHAPE, { seed: 8 });
    const trained = await engine.forecast(model('float', '2'), windows, 3);
    const int8 = await engine.forecast(int8Of('float', '2'), windows, 3);
    expect(meanDifference(trained, int8) / meanWidth(trained)).toBeLessThan(0.02);
  });
});

test('a small model is refused with 8-bit weights, with the reason', async () => {
  const files: ModelFiles = { ...packageFiles('alpha'), weights: 'int8' };
  await expect(engine.load(files)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringMatching(/largest matrix has [\d.]+ MB.* from 16\.8 MB on/),
  });
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

function meanWidth(quantiles: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < quantiles.length; i += 3) sum += Math.abs(quantiles[i + 2]! - quantiles[i]!);
  return sum / (quantiles.length / 3);
}
