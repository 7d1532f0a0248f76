import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Comparison, isWithin } from '../../../src/decisions/proof/comparison.ts';
import { createInferenceEngine, type InferenceEngine } from '../../../src/models/engine.ts';
import { compareGoldenFile } from '../../../src/tools/parity/golden-file.ts';
import type { ParityTools } from '../../../src/tools/parity/golden-kind.ts';
import { reportParity } from '../../../src/tools/parity/report.ts';
import { runCommandHere } from '../../helper/command.ts';
import { GOLDEN_PACKAGES, readFixture } from '../../helper/golden.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const goldenFile = (name: string) => join(FIXTURES, 'golden', `${name}.json.gz`);

let engine: InferenceEngine;
let tools: ParityTools;
let folder: string;

beforeAll(() => {
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  engine = createInferenceEngine({ memoryBudgetBytes: 2 ** 30, log: quiet });
  tools = { packages: join(FIXTURES, 'packages'), engine };
  folder = mkdtempSync(join(tmpdir(), 'parity-'));
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** A golden file with some of its content changed. */
function changed(name: string, change: (content: ReturnType<typeof JSON.parse>) => void): string {
  const content = readFixture<object>(`golden/${name}.json.gz`);
  change(content);
  return written(`${name}.json`, JSON.stringify(content));
}

function written(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function outOfTolerance(path: string): Promise<string[]> {
  const { measures } = await compareGoldenFile(path, tools);
  return measures.filter((measure) => !isWithin(measure)).map(({ quantity }) => quantity);
}

describe('what paperdesk computes equals the original, within tolerance', () => {
  it('core features', async () => {
    const { measures } = await compareGoldenFile(goldenFile('core_features_1500'), tools);
    expect(measures.filter((measure) => !isWithin(measure))).toEqual([]);
    expect(measures.map(({ values }) => values)).toEqual(Array.from({ length: 28 }, () => 828));
  });

  it.each([
    ['delta', 30, 16],
    ['epsilon', 16, 48],
    ['zeta', 28, 192],
    ['eta', 28, 24],
  ])('the whole path of %s, which declares its pipeline', async (name, features, horizon) => {
    const { measures } = await compareGoldenFile(goldenFile(name), tools);
    expect(measures.filter((measure) => !isWithin(measure))).toEqual([]);
    expect(Object.fromEntries(measures.map(({ quantity, values }) => [quantity, values]))).toMatchObject({
      features: 3 * features,
      quantiles: 3 * horizon * 3,
      forecast_features: 3 * 35,
      mean: 9 * 5,
      direction: 9,
      agreement: 9,
    });
  });

  it.each(GOLDEN_PACKAGES)('the whole path of %s', async (name) => {
    const { measures } = await compareGoldenFile(goldenFile(name), tools);
    expect(measures.filter((measure) => !isWithin(measure))).toEqual([]);
    expect(Object.fromEntries(measures.map(({ quantity, values }) => [quantity, values]))).toMatchObject({
      features: 3 * 28,
      quantiles: 3 * 576,
      forecast_features: 3 * 35,
      mean: 9 * 5,
      direction: 9,
      agreement: 9,
    });
  });

  it('with half-precision weights by their own tolerance', async () => {
    const allowed = async (name: string) => {
      const { measures } = await compareGoldenFile(goldenFile(name), tools);
      return measures.find(({ quantity }) => quantity === 'quantiles')!.tolerance!.absolute;
    };
    expect([await allowed('alpha'), await allowed('gamma')]).toEqual([1e-5, 1e-4]);
  });
});

describe('a difference is found', () => {
  it('in a core feature', async () => {
    const path = changed('core_features_1500', ({ rows }) => {
      rows[900][9] *= 1 + 2e-9;
    });
    expect(await outOfTolerance(path)).toEqual(['atr_14']);
  });

  it('not in the rows of the warm-up', async () => {
    const path = changed('core_features_1500', ({ rows }) => {
      rows[671][9] = 0;
    });
    expect(await outOfTolerance(path)).toEqual([]);
  });

  it('in quantiles, decisions and agreement', async () => {
    const path = changed('alpha', ({ cases }) => {
      cases[0].quantiles[191][2] += 1.2e-5;
      cases[1].decisions.flat.agreement += 1.2e-4;
      cases[2].decisions.three_short.direction = 'LONG';
      cases[2].decisions.three_short.leverage += 1;
    });
    expect(await outOfTolerance(path)).toEqual([
      'quantiles',
      'forecast_features',
      'direction',
      'leverage',
      'agreement',
    ]);
  });

  it('and shown where it is', async () => {
    const path = changed('ppo_v1', ({ cases }) => {
      cases[1].decisions.one_long.leverage = 9;
    });
    const report = reportParity('ppo_v1.json', await compareGoldenFile(path, tools));
    expect(report).toMatch(/^ppo_v1\.json: package ppo_v1, 3 windows\n/);
    expect(report).toMatch(
      /leverage +9 +differs +identical +OUT OF TOLERANCE at window 2, one_long: \d instead of 9/,
    );
  });
});

describe('a file that cannot be used is refused with a sentence', () => {
  it.each([
    ['is not there', () => join(folder, 'none.json'), /cannot be read: ENOENT/],
    ['is not JSON', () => written('text.json', '{"rows"'), /not JSON/],
    ['is broken gzip', () => written('broken.json.gz', Buffer.from('1f8b0000', 'hex')), /cannot be read/],
    ['is a list', () => written('list.json', '[]'), /not an object/],
    [
      'is another kind',
      () => written('kind.json', '{"bars_15m": []}'),
      /none of the known kinds: core features/,
    ],
    [
      'has a candle of five numbers',
      () => changed('core_features_1500', ({ candles }) => candles[3].pop()),
      /not a golden file of core features: candles\.3/,
    ],
    [
      'has candles out of order',
      () => changed('core_features_1500', ({ candles }) => candles.reverse()),
      /candles: must be in strictly ascending time/,
    ],
    [
      'names a package that is nowhere',
      () => changed('alpha', (content) => Object.assign(content, { package: 'omega' })),
      /The package omega has no .*forecast_model\.pt/,
    ],
    [
      'names a folder elsewhere',
      () => changed('alpha', (content) => Object.assign(content, { package: '../packages/alpha' })),
      /package: must be the plain name/,
    ],
  ])('that %s', async (_, path, sentence) => {
    await expect(compareGoldenFile(path(), tools)).rejects.toThrow(sentence);
  });
});

describe('a comparison', () => {
  const tolerance = { absolute: 1e-12, relative: 1e-9 };

  it.each([
    ['equal numbers', [1], [1], true],
    ['a number within the relative tolerance', [1e6 + 9e-4], [1e6], true],
    ['a number beyond it', [1e6 + 2e-3], [1e6], false],
    ['a number near zero within the absolute tolerance', [9e-13], [0], true],
    ['a number near zero beyond it', [2e-12], [0], false],
    ['NaN', [Number.NaN], [0], false],
    ['infinity', [Number.POSITIVE_INFINITY], [1], false],
    ['a number where the original has none', [5], [null], true],
    ['NaN where the original has none', [Number.NaN], [null], false],
    ['too few numbers', [1], [1, 1], false],
  ])('of %s', (_, actual, expected, within) => {
    const comparison = new Comparison();
    comparison.numbers('x', actual, expected, tolerance, 'here');
    expect(comparison.measures().every(isWithin)).toBe(within);
  });

  it('keeps the difference that takes most of its tolerance', () => {
    const comparison = new Comparison();
    comparison.numbers('x', [1e6 + 1e-4, 1 + 5e-10, 2], [1e6, 1, 2], tolerance, 'row');
    expect(comparison.measures()).toMatchObject([
      {
        quantity: 'x',
        values: 3,
        largest: expect.closeTo(5e-10, 13),
        worst: expect.stringContaining('row [1]'),
      },
    ]);
  });
});

describe('the command', () => {
  const run = (...args: string[]) => runCommandHere('parity', args, {});

  it('exits 0 when all files are within tolerance', async () => {
    const { code, out } = await run(goldenFile('core_features_1500'), goldenFile('alpha'));
    expect(code).toBe(0);
    expect(out).toMatch(/core features, 828 rows/);
    expect(out).toMatch(/package alpha, 3 windows/);
  });

  it('exits 1 when something is out of tolerance', async () => {
    const path = changed('core_features_1500', ({ rows }) => {
      rows[900][0] += 1e-6;
    });
    expect((await run(path)).code).toBe(1);
  });

  it('exits 2 with a sentence when a file or its package cannot be read, and compares the others', async () => {
    const { code, out, err } = await run(
      '--packages',
      folder,
      goldenFile('alpha'),
      goldenFile('core_features_1500'),
    );
    expect(code).toBe(2);
    expect(err).toMatch(/The package alpha has no/);
    expect(out).toMatch(/core features, 828 rows/);
  });

  it('shows its usage when asked', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toMatch(/paperdesk parity /);
  });

  it.each([[[]], [['--unknown']]])('exits 2 with its usage for the arguments %j', async (args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(/paperdesk parity /);
  });
});
