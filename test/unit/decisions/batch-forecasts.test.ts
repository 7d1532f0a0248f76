import { describe, expect, it } from 'vitest';
import { createBatchForecasts } from '../../../src/decisions/batch-forecasts.ts';
import type { PackageForecast } from '../../../src/decisions/package-forecast.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import { pastWindow } from '../../../src/market/store/past-window.ts';
import type { MarketWindow } from '../../../src/market/sync/market-history.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { CANDLE, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 10);
const SIZE = 576;
const MODEL = {
  id: 'alpha',
  version: '1',
  files: [],
  weights: 'float32',
  manifest: {},
  pipeline: DEFAULT_PIPELINE,
} as unknown as ModelPackage;

const series = walk({ start: START, count: 1520 });
const stored = series.candles.map((candle) => ({ ...candle, filled: false }));
const windows = Array.from({ length: 20 }, (_, index) =>
  pastWindow('BTCUSDT', DEFAULT_PIPELINE, stored.slice(index + 1, index + 1501), series.funding),
);

/** An engine whose quantiles all equal the last number of their window. */
function engine() {
  const batches: number[] = [];
  return {
    batches,
    async forecast(_: unknown, values: Float32Array, batch: number) {
      batches.push(batch);
      const length = values.length / batch;
      return Float32Array.from(
        { length: batch * SIZE },
        (_one, i) => values[(Math.floor(i / SIZE) + 1) * length - DEFAULT_PIPELINE.features.length]!,
      );
    },
  };
}

function batchForecasts(
  inference: { forecast: ReturnType<typeof engine>['forecast'] },
  cache: ReadonlyMap<number, PackageForecast> = new Map(),
  stopwatch = () => 0,
) {
  return createBatchForecasts({
    engine: inference,
    live: {
      cached: (_, { closeTime }: MarketWindow) => {
        const found = cache.get(closeTime);
        return found && Promise.resolve(found);
      },
    },
    scalers: {
      of: async () => ({
        mean: new Float64Array(DEFAULT_PIPELINE.features.length),
        scale: new Float64Array(DEFAULT_PIPELINE.features.length).fill(1),
      }),
    },
    stopwatch,
  });
}

const noPause = async () => {};

describe('batch forecasts', () => {
  it('compute eight windows at a time, each from its own numbers', async () => {
    const model = engine();
    const made = await batchForecasts(model).forWindows(MODEL, windows, new Map(), noPause);
    expect(model.batches).toEqual([2, 8, 8, 2]);
    expect(made.map(({ forecast }) => forecast.asOf)).toEqual(windows.map(({ closeTime }) => closeTime));
    for (const { forecast, isComputed } of made) {
      expect(isComputed).toBe(true);
      expect(forecast.quantiles).toHaveLength(SIZE);
      expect(forecast.quantiles[0]).toBe(forecast.window.scaledFeatures[0]);
    }
  });

  it('are as large as the time of the last batch allows', async () => {
    let now = 0;
    const model = engine();
    const slow = {
      async forecast(...args: Parameters<typeof model.forecast>) {
        now += 500 * args[2];
        return model.forecast(...args);
      },
    };
    await batchForecasts(slow, new Map(), () => now).forWindows(MODEL, windows, new Map(), noPause);
    expect(model.batches).toEqual([2, 4, 4, 4, 4, 2]);
  });

  it('never compute one window alone, because its product is summed in another order', async () => {
    const model = engine();
    const [one] = await batchForecasts(model).forWindows(MODEL, windows.slice(0, 1), new Map(), noPause);
    expect(model.batches).toEqual([2]);
    expect(one?.forecast.quantiles).toHaveLength(SIZE);
  });

  it('take what is stored or cached instead of computing it again', async () => {
    const quantiles = new Float32Array(SIZE).fill(7);
    const store = new Map(windows.slice(0, 17).map(({ closeTime }) => [closeTime, quantiles]));
    const [, other] = await batchForecasts(engine()).forWindows(
      MODEL,
      windows.slice(17, 19),
      new Map(),
      noPause,
    );
    const cached = { ...other!.forecast, quantiles: new Float32Array(SIZE).fill(9) };
    const model = engine();
    const made = await batchForecasts(model, new Map([[windows[18]!.closeTime, cached]])).forWindows(
      MODEL,
      windows,
      store,
      noPause,
    );
    expect(model.batches).toEqual([2]);
    expect(made.map(({ isComputed }) => isComputed)).toEqual(
      windows.map((_, index) => index === 17 || index === 19),
    );
    expect(made[3]?.forecast.quantiles).toBe(quantiles);
    expect(made[18]?.forecast.quantiles[0]).toBe(9);
  });

  it('pause after every window, and stop when the pause throws', async () => {
    let pauses = 0;
    const stop = batchForecasts(engine()).forWindows(MODEL, windows, new Map(), async () => {
      pauses += 1;
      if (pauses === 10) throw new Error('cancelled');
    });
    await expect(stop).rejects.toThrow('cancelled');
    expect(pauses).toBe(10);
  });

  it('mark a forecast that is not finite', async () => {
    const broken = { forecast: async () => new Float32Array(2 * SIZE).fill(Number.NaN) };
    const [made] = await batchForecasts(broken).forWindows(MODEL, windows.slice(0, 1), new Map(), noPause);
    expect(made?.forecast.allFinite).toBe(false);
  });

  it('fail with the error of the engine', async () => {
    const unavailable = {
      forecast: () => Promise.reject(new PaperdeskError('INFERENCE_UNAVAILABLE', 'It died twice.')),
    };
    await expect(
      batchForecasts(unavailable).forWindows(MODEL, windows.slice(0, 3), new Map(), noPause),
    ).rejects.toMatchObject({
      code: 'INFERENCE_UNAVAILABLE',
    });
  });
});

it('a past window needs 1500 candles', () => {
  expect(() => pastWindow('BTCUSDT', DEFAULT_PIPELINE, stored.slice(0, 1499), [])).toThrow('there are 1499');
  expect(windows[0]).toMatchObject({
    closeTime: START + 1501 * CANDLE,
    validity: { ok: true, reason: null, ageMs: 0 },
  });
});
