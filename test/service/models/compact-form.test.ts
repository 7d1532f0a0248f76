import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compactPathOf } from '../../../src/models/compact-file.ts';
import { createInferenceEngine, type ModelFiles } from '../../../src/models/engine.ts';
import { packageFiles, silentLog, someWindows } from '../../helper/engine-fixtures.ts';
import { type ForecasterShape, writeForecaster } from '../../helper/make-package.ts';

/** Rows of 28 * 63 * 16 = 28,224 weights, which are no whole number of blocks; 18 MB in all. */
const SHAPE: ForecasterShape = { dModel: 16, layers: 1, patchLength: 16, stride: 8, hidden: 160 };
const windows = someWindows(3);

const folder = mkdtempSync(join(tmpdir(), 'paperdesk compact '));
const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });
const { policyPath } = packageFiles('alpha');

function model(name: string, version = '1'): ModelFiles {
  return { id: name, version, forecastPath: join(folder, `${name}.pt`), policyPath };
}

function compactOf(name: string, version = '1'): ModelFiles {
  return { ...model(name), version: `${version} int8`, weights: 'int8' };
}

beforeAll(() => {
  writeForecaster(model('float').forecastPath, SHAPE);
  writeForecaster(model('half').forecastPath, SHAPE, { dtype: 'float16' });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe.each(['float', 'half'])('the compact form of a %s model', (name) => {
  test('forecasts what the model does, within 2 % of the width of its band', async () => {
    const trained = await engine.forecast(model(name), windows, 3);
    const compact = await engine.forecast(compactOf(name), windows, 3);
    expect(compact).not.toEqual(trained);
    expect(meanDifference(trained, compact) / meanWidth(trained)).toBeLessThan(0.02);
  });

  test('takes a quarter of the bytes of its float32 weights', async () => {
    await engine.load(compactOf(name));
    const size = 160 * 28_224;
    expect(statSync(compactPathOf(model(name).forecastPath)).size).toBeLessThan(size * 1.05);
  });
});

describe('the file of a compact form', () => {
  const path = compactPathOf(model('float').forecastPath);

  test('is used again', async () => {
    await engine.load(compactOf('float'));
    const { ino } = statSync(path);
    await engine.unload('float');
    await engine.load(compactOf('float'));
    expect(statSync(path).ino).toBe(ino);
  });

  test.each([
    ['is missing', () => rmSync(path)],
    ['ends too early', () => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ['has one wrong byte', () => flip(path, 1_000_000)],
    ['has a wrong byte in its header', () => flip(path, 5)],
    ['is something else', () => writeFileSync(path, 'a letter')],
    ['was left half-written', () => renameSync(path, `${path}.part`)],
  ])('is made anew when it %s', async (_, damage) => {
    const expected = await engine.forecast(compactOf('float'), windows, 3);
    const content = readFileSync(path);
    await engine.unload('float');
    damage();
    expect(await engine.forecast(compactOf('float'), windows, 3)).toEqual(expected);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test('is made anew for another version of the model', async () => {
    await engine.load(compactOf('float'));
    await engine.unload('float');
    const { forecastPath } = model('float');
    writeForecaster(forecastPath, SHAPE, { seed: 8 });
    const trained = await engine.forecast(model('float', '2'), windows, 3);
    const compact = await engine.forecast(compactOf('float', '2'), windows, 3);
    expect(meanDifference(trained, compact) / meanWidth(trained)).toBeLessThan(0.02);
  });
});

test('a small model has no compact form, and says so', async () => {
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
