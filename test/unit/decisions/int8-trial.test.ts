import { describe, expect, test } from 'vitest';
import { runInt8Trial } from '../../../src/decisions/int8-trial.ts';
import { createPackageEngine } from '../../../src/decisions/package-engine.ts';
import { type ErrorCode, PaperdeskError } from '../../../src/errors.ts';
import type { MarketWindow } from '../../../src/market/sync/market-history.ts';
import type { ModelFiles } from '../../../src/models/engine.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { type GoldenPackage, goldenPackage, toCandles, toFunding } from '../../helper/golden.ts';

const { candles, funding } = (goldenPackage('ppo_v1') as GoldenPackage).cases[0]!;
const market = { candles: toCandles(candles), funding: toFunding(funding) } as unknown as MarketWindow;
const model = {
  id: 'alpha',
  files: [{ name: 'forecast_model.pt', size: 1, sha256: 'abc' }],
  manifest: { symbol: 'BTCUSDT', n_heads: 4 },
  pipeline: DEFAULT_PIPELINE,
} as unknown as ModelPackage;

/** A band of 1 from -0.5 to 0.5 on every step. */
const TRAINED = Float32Array.from({ length: 576 }, (_, i) => ((i % 3) - 1) / 2);

/** A trial in which 8-bit weights are off by `shift` and take `ms` where float32 takes 10. */
async function trial({ shift = 0.01, ms = 5, fails }: { shift?: number; ms?: number; fails?: ErrorCode }) {
  let now = 0;
  const seen: ModelFiles[] = [];
  const result = await runInt8Trial(
    {
      history: { window: async () => market },
      engine: createPackageEngine(
        () => ({
          async forecast(files) {
            seen.push(files);
            const int8 = files.weights === 'int8';
            if (int8 && fails !== undefined) throw new PaperdeskError(fails, 'It is too small.');
            now += int8 ? ms : 10;
            return int8 ? TRAINED.map((value) => value + shift) : TRAINED;
          },
          act: async () => expect.unreachable(),
          requireWithinBudget: async () => expect.unreachable(),
        }),
        { withPaths: (_, use) => use([]) },
      ),
      scalers: { of: async () => ({ mean: new Float64Array(28), scale: new Float64Array(28).fill(1) }) },
      stopwatch: () => now,
    },
    model,
  );
  return { result, seen };
}

describe('the trial of 8-bit weights', () => {
  test('computes the same windows with both forms, each under its own version', async () => {
    const { result, seen } = await trial({});
    expect(result).toMatchObject({ used: true, reason: null, windows: 8, float32Ms: 10, int8Ms: 5 });
    expect(result.error).toBeCloseTo(0.01, 6);
    expect(result.largestError).toBeCloseTo(0.01, 6);
    expect(new Set(seen.map(({ weights, version }) => `${weights} ${version}`))).toEqual(
      new Set(['float32 abc', 'int8 abc+int8']),
    );
  });

  test.each([
    ['an error of more than 2 % of the band', { shift: 0.021 }, /off by 2\.1 % of its band.*2\.0 %/],
    ['numbers that are not finite', { shift: Number.NaN }, /off by NaN/],
    ['a slow product of 8-bit numbers', { ms: 100 }, /takes 100 ms instead of 10 ms/],
    ['a model that is too small', { fails: 'MODEL_LOAD_FAILED' }, /^It is too small\.$/],
    ['a process that dies', { fails: 'INFERENCE_UNAVAILABLE' }, /^It is too small\.$/],
  ] as const)('refuses %s and gives the reason', async (_, engine, reason) => {
    const { result } = await trial(engine);
    expect(result).toMatchObject({ used: false, reason: expect.stringMatching(reason), float32Ms: 10 });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('accepts a slower form where that may be noise', async () => {
    expect((await trial({ ms: 15 })).result.used).toBe(true);
  });

  test.each(['SHUTTING_DOWN', 'PACKAGE_STORE_UNAVAILABLE'] as const)('ends with %s', async (fails) => {
    await expect(trial({ fails })).rejects.toMatchObject({ code: fails });
  });
});
