import { describe, expect, it } from 'vitest';
import type { PackageForecast } from '../../../src/decisions/forecasts.ts';
import { createPastForecasts } from '../../../src/decisions/past-forecasts.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import { CORE_FEATURE_COUNT } from '../../../src/formats/dimensions.ts';
import { pastWindow } from '../../../src/market/store/past-window.ts';
import type { MarketWindow } from '../../../src/market/sync/market-history.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { CANDLE, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 10);
const SIZE = 576;
const MODEL = {
  id: 'alpha',
  version: '1',
  files: [],
  weights: 'float32',
  manifest: {},
} as unknown as ModelPackage;

const series = walk({ start: START, count: 1520 });
const stored = series.candles.map((candle) => ({ ...candle, filled: false }));
const windows = Array.from({ length: 20 }, (_, index) =>
  pastWindow('BTCUSDT', stored.slice(index + 1, index + 1501), series.funding),
);

/** A model whose quantiles are all the last number of their window. */
function engine() {
  const batches: number[] = [];
  return {
    batches,
    async forecast(_: unknown, values: Float32Array, batch: number) {
      batches.push(batch);
      const length = values.length / batch;
      return Float32Array.from(
        { length: batch * SIZE },
        (_one, i) => values[(Math.floor(i / SIZE) + 1) * length - CORE_FEATURE_COUNT]!,
      );
    },
  };
}

function past(
  parts: { forecast: ReturnType<typeof engine>['forecast'] },
  inMemory: ReadonlyMap<number, PackageForecast> = new Map(),
) {
  return createPastForecasts({
    engine: parts,
    live: {
      known: (_, { closeTime }: MarketWindow) => {
        const found = inMemory.get(closeTime);
        return found && Promise.resolve(found);
      },
    },
    scalers: {
      of: async () => ({
        mean: new Float64Array(CORE_FEATURE_COUNT),
        scale: new Float64Array(CORE_FEATURE_COUNT).fill(1),
      }),
    },
    stopwatch: () => 0,
  });
}

const noPause = async () => {};

describe('forecasts of the past', () => {
  it('are computed eight at a time, each from its own window', async () => {
    const model = engine();
    const made = await past(model).of(MODEL, windows, new Map(), noPause);
    expect(model.batches).toEqual([8, 8, 4]);
    expect(made.map(({ forecast }) => forecast.asOf)).toEqual(windows.map(({ closeTime }) => closeTime));
    for (const { forecast, computed } of made) {
      expect(computed).toBe(true);
      expect(forecast.quantiles).toHaveLength(SIZE);
      expect(forecast.quantiles[0]).toBe(forecast.window.scaled.at(-CORE_FEATURE_COUNT));
    }
  });

  it('never go alone, because a single window is summed in another order', async () => {
    const model = engine();
    const [one] = await past(model).of(MODEL, windows.slice(0, 1), new Map(), noPause);
    expect(model.batches).toEqual([2]);
    expect(one?.forecast.quantiles).toHaveLength(SIZE);
  });

  it('are not computed again where they are known', async () => {
    const kept = new Float32Array(SIZE).fill(7);
    const known = new Map(windows.slice(0, 17).map(({ closeTime }) => [closeTime, kept]));
    const [, other] = await past(engine()).of(MODEL, windows.slice(17, 19), new Map(), noPause);
    const remembered = { ...other!.forecast, quantiles: new Float32Array(SIZE).fill(9) };
    const model = engine();
    const made = await past(model, new Map([[windows[18]!.closeTime, remembered]])).of(
      MODEL,
      windows,
      known,
      noPause,
    );
    expect(model.batches).toEqual([2]);
    expect(made.map(({ computed }) => computed)).toEqual(
      windows.map((_, index) => index === 17 || index === 19),
    );
    expect(made[3]?.forecast.quantiles).toBe(kept);
    expect(made[18]?.forecast.quantiles[0]).toBe(9);
  });

  it('give others their turn after every window, and end when told so', async () => {
    let turns = 0;
    const stop = past(engine()).of(MODEL, windows, new Map(), async () => {
      turns += 1;
      if (turns === 10) throw new Error('cancelled');
    });
    await expect(stop).rejects.toThrow('cancelled');
    expect(turns).toBe(10);
  });

  it('that are not finite are marked', async () => {
    const broken = { forecast: async () => new Float32Array(2 * SIZE).fill(Number.NaN) };
    const [made] = await past(broken).of(MODEL, windows.slice(0, 1), new Map(), noPause);
    expect(made?.forecast.finite).toBe(false);
  });

  it('fail with what inference says', async () => {
    const away = {
      forecast: () => Promise.reject(new PaperdeskError('INFERENCE_UNAVAILABLE', 'It died twice.')),
    };
    await expect(past(away).of(MODEL, windows.slice(0, 3), new Map(), noPause)).rejects.toMatchObject({
      code: 'INFERENCE_UNAVAILABLE',
    });
  });
});

it('a window of the past needs 1500 candles', () => {
  expect(() => pastWindow('BTCUSDT', stored.slice(0, 1499), [])).toThrow('there are 1499');
  expect(windows[0]).toMatchObject({
    closeTime: START + 1501 * CANDLE,
    validity: { ok: true, reason: null, ageMs: 0 },
  });
});
