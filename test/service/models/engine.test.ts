// promise: docs/security.md "The process of the service computes no model"

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createInferenceEngine, type InferenceEngine, type ModelFiles } from '../../../src/models/engine.ts';
import { packageFiles, someWindows } from '../../helper/engine-fixtures.ts';
import { largestDifference } from '../../helper/largest-difference.ts';
import { silentLog } from '../../helper/log.ts';
import { isAlive } from '../../helper/process.ts';
import {
  type ForecasterShape,
  writeRandomForecaster,
  writeRandomPolicy,
} from '../../helper/random-package.ts';
import { waitUntil } from '../../helper/wait.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperdesk engine ü-'));
const engines: InferenceEngine[] = [];
/** Shared by tests that neither end its process nor count its models; each saves a start. */
const shared = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });

afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));
afterAll(async () => {
  await shared.close();
  rmSync(folder, { recursive: true });
});

const window = someWindows(1);

describe('an engine', () => {
  test('starts its process at the first call and ends it when closed', async () => {
    const engine = start();
    expect(engine.status()).toMatchObject({ state: 'idle', pid: undefined, models: [] });
    await engine.unload('nothing');
    expect(engine.status().state).toBe('idle');

    await engine.forecast(packageFiles('alpha'), window, 1);
    const { pid, state, models } = engine.status();
    expect([state, models.map((model) => model.id)]).toEqual(['running', ['alpha']]);
    await engine.close();
    expect(isAlive(pid!)).toBe(false);
    await expect(engine.load(packageFiles('alpha'))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  test('says what a forecast takes and may take when it is too slow', async () => {
    const limits = { memoryBudgetBytes: 1 << 30, log: silentLog };
    const strict = createInferenceEngine({ ...limits, forecastMaxMs: 0.01, callTimeoutMs: 60_000 });
    const lenient = createInferenceEngine({ ...limits, forecastMaxMs: 600_000 });
    engines.push(strict, lenient);
    const slow = await strict.requireWithinBudget(packageFiles('alpha')).catch((error: unknown) => error);
    expect(slow).toMatchObject({
      code: 'FORECAST_TOO_SLOW',
      message: expect.stringMatching(/A forecast may take 0.01 ms \(FORECAST_MAX_MS\)/),
    });
    await expect(lenient.requireWithinBudget(packageFiles('alpha'))).resolves.toBeUndefined();
  });

  test('returns a summary of the model it loaded', async () => {
    const { policyPath, ...files } = packageFiles('beta');
    const summary = await shared.load({ ...files, policyPath });
    expect(summary).toMatchObject({
      id: 'beta',
      version: '1',
      architecture: { heads: 2, patchLength: 32, features: 28, horizon: 192 },
      policy: { hidden: [48, 32], activation: 'relu', observationSize: 72, actionSize: 5 },
    });
    expect(summary.privateBytes).toBeGreaterThan(1 << 20);
    expect(summary.mappedBytes).toBeGreaterThan(100_000);
  });

  test('loads a model once for concurrent calls', async () => {
    // No other test loads gamma here before.
    const summaries = await Promise.all([1, 2, 3].map(() => shared.load(packageFiles('gamma'))));
    expect(new Set(summaries.map((summary) => summary.loadMs)).size).toBe(1);
  });

  test('computes a large batch like single windows', async () => {
    const windows = someWindows(11);
    const together = await shared.forecast(packageFiles('alpha'), windows, 11);
    expect(together.length).toBe(11 * 576);
    for (const index of [0, 7, 8, 10]) {
      const one = windows.slice(index * window.length, (index + 1) * window.length);
      const alone = await shared.forecast(packageFiles('alpha'), one, 1);
      expect(largestDifference(alone, together.subarray(index * 576, (index + 1) * 576))).toBeLessThan(1e-6);
    }
  });

  test('refuses windows whose size does not match the batch, and keeps running', async () => {
    const failed = shared.forecast(packageFiles('alpha'), window.subarray(1), 1);
    await expect(failed).rejects.toMatchObject({ code: 'INTERNAL' });
    await shared.forecast(packageFiles('alpha'), window, 1);
    expect(shared.status().deaths).toBe(0);
  });

  test('unloads the least recently used model when the budget is used up', async () => {
    const { privateBytes } = await start().load(packageFiles('alpha'));
    const engine = start({ memoryBudgetBytes: privateBytes * 2.5 });
    const id = (name: string) => ({ ...packageFiles('alpha'), id: name });
    for (const name of ['a', 'b', 'a', 'c']) await engine.forecast(id(name), window, 1);
    expect(engine.status().models.map((model) => model.id)).toEqual(['a', 'c']);
    await engine.unload('a');
    expect(engine.status().models.map((model) => model.id)).toEqual(['c']);
  });
});

// Only Linux reports the private memory of a process.
test.runIf(process.platform === 'linux')('a large model is mapped from its file', async () => {
  const large = {
    id: 'large',
    version: '1',
    forecastPath: join(folder, 'large.pt'),
    policyPath: packageFiles('alpha').policyPath,
    forecaster: { heads: 4, lookback: 512, stride: 8 },
  };
  writeRandomForecaster(large.forecastPath, {
    dModel: 64,
    layers: 1,
    patchLength: 16,
    stride: 8,
    hidden: 256,
  });
  const engine = start();
  await engine.forecast(packageFiles('alpha'), window, 1);
  const before = privateBytes(engine);
  await engine.forecast(large, window, 1);
  const { mappedBytes } = engine.status().models.at(-1)!;
  expect(mappedBytes).toBeGreaterThan(110 << 20);
  expect(privateBytes(engine) - before).toBeLessThan(40 << 20);
});

describe('a package that cannot be loaded', () => {
  test.each([
    ['is not a torch file', 'PT_NOT_TORCH', (files: ModelFiles) => ({ ...files, forecastPath: text('no') })],
    ['is missing', 'MODEL_LOAD_FAILED', (files: ModelFiles) => ({ ...files, policyPath: '/nowhere.zip' })],
    [
      'has wrong heads',
      'HEADS',
      ({ forecaster, ...files }: ModelFiles) => ({ ...files, forecaster: { ...forecaster, heads: 7 } }),
    ],
  ])('because it %s does not affect others', async (_, code, change) => {
    const before = await shared.forecast(packageFiles('alpha'), window, 1);
    const { pid, models } = shared.status();
    const bad = { ...change(packageFiles('beta')), id: 'bad' };
    const failed = [shared.load(bad), shared.forecast(bad, window, 1)];
    const after = shared.forecast(packageFiles('alpha'), window, 1);
    for (const call of failed) await expect(call).rejects.toMatchObject({ code });
    expect(await after).toEqual(before);
    expect(shared.status()).toMatchObject({ pid, deaths: 0 });
    expect(shared.status().models).toEqual(models);
  });
});

describe('a package that is replaced', () => {
  test('computes with the new files once a call names the new version', async () => {
    const engine = start();
    const files = copyOf('alpha', 'replaced');
    const old = await engine.forecast(files, window, 1);
    copyFileSync(packageFiles('gamma').forecastPath, `${files.forecastPath}.new`);
    renameSync(`${files.forecastPath}.new`, files.forecastPath);
    expect(await engine.forecast(files, window, 1)).toEqual(old);

    const [still, replaced] = await Promise.all([
      engine.forecast(files, window, 1),
      engine.forecast({ ...files, version: '2' }, window, 1),
    ]);
    expect(still).toEqual(old);
    expect(replaced).toEqual(await engine.forecast(packageFiles('gamma'), window, 1));
    expect(engine.status().models.map(({ id, version }) => `${id} ${version}`)).toEqual([
      'replaced 2',
      'gamma 1',
    ]);
  });

  test('by a broken file still computes with the old one', async () => {
    const files = copyOf('alpha', 'broken');
    const old = await shared.forecast(files, window, 1);
    renameSync(text('PK\x03\x04 and nothing more'), files.forecastPath);
    await expect(shared.forecast({ ...files, version: '2' }, window, 1)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ZIP|FILE)_/),
    });
    expect(await shared.forecast(files, window, 1)).toEqual(old);
  });

  test('may be behind a link', async () => {
    const files = copyOf('alpha', 'linked');
    const link = join(folder, 'link.pt');
    symlinkSync(files.forecastPath, link);
    expect(await shared.forecast({ ...files, forecastPath: link }, window, 1)).toEqual(
      await shared.forecast(packageFiles('alpha'), window, 1),
    );
  });
});

describe('when the process is killed during a forecast', () => {
  test('the forecast is computed again by a new one', async () => {
    const engine = start();
    const expected = await engine.forecast(slowModel(), someWindows(8), 8);
    const first = engine.status().pid!;
    const pending = engine.forecast(slowModel(), someWindows(8), 8);
    await sleep(20);
    process.kill(first, 'SIGKILL');
    expect(await pending).toEqual(expected);
    expect(engine.status().deaths).toBe(1);
    expect(engine.status().pid).not.toBe(first);
  });

  test('twice, the forecast is rejected and the next one succeeds', async () => {
    const engine = start();
    const expected = await engine.forecast(slowModel(), someWindows(8), 8);
    let rejection: unknown;
    const pending = engine.forecast(slowModel(), someWindows(8), 8).catch((error: unknown) => {
      rejection = error;
    });
    for (const deaths of [0, 1]) {
      await waitUntil('the process has died', () => engine.status().deaths >= deaths, 5);
      process.kill(engine.status().pid!, 'SIGKILL');
    }
    await pending;
    expect(rejection).toMatchObject({ code: 'INFERENCE_UNAVAILABLE', retryAfterSeconds: 5 });
    expect(await engine.forecast(slowModel(), someWindows(8), 8)).toEqual(expected);
  });
});

function start(options: { memoryBudgetBytes?: number } = {}): InferenceEngine {
  const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog, ...options });
  engines.push(engine);
  return engine;
}

function copyOf(name: 'alpha', id: string): ModelFiles {
  const files = packageFiles(name);
  mkdirSync(join(folder, id));
  const forecastPath = join(folder, id, 'forecast_model.pt');
  copyFileSync(files.forecastPath, forecastPath);
  return { ...files, id, forecastPath };
}

const SLOW: ForecasterShape = { dModel: 128, layers: 3, patchLength: 16, stride: 8, hidden: 4 };
let slow: ModelFiles | undefined;

/** The production model without its large matrix: eight windows take some hundred milliseconds. */
function slowModel(): ModelFiles {
  if (slow === undefined) {
    slow = {
      id: 'slow',
      version: '1',
      forecastPath: join(folder, 'slow.pt'),
      policyPath: join(folder, 'slow.zip'),
      forecaster: { heads: 4, lookback: 512, stride: 8 },
    };
    writeRandomForecaster(slow.forecastPath, SLOW);
    writeRandomPolicy(slow.policyPath);
  }
  return slow;
}

function text(content: string): string {
  const path = join(folder, `${content.length}.pt`);
  writeFileSync(path, content);
  return path;
}

function privateBytes(engine: InferenceEngine): number {
  const memory = readFileSync(`/proc/${engine.status().pid}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+) kB/m.exec(memory)![1]) * 1024;
}
