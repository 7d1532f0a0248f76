import { expect, test } from 'vitest';
import { createForecasts } from '../../../src/decisions/forecasts.ts';
import { pastWindow } from '../../../src/market/store/past-window.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { walk } from '../../helper/market.ts';

const series = walk({ start: Date.UTC(2025, 10, 10), count: 1501 });
const stored = series.candles.map((candle) => ({ ...candle, filled: false }));
/** The 1500 candles before candle `end`. */
const windowOf = (end: number) =>
  pastWindow('BTCUSDT', DEFAULT_PIPELINE, stored.slice(end - 1500, end), series.funding);
const model = (id: string) =>
  ({
    id,
    version: '1',
    files: [],
    weights: 'float32',
    manifest: {},
    pipeline: DEFAULT_PIPELINE,
  }) as unknown as ModelPackage;

test('concurrent requests share one computation; a failed forecast is computed again', async () => {
  let window = windowOf(1500);
  let runs = 0;
  let fails = false;
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const forecasts = createForecasts({
    engine: {
      async forecast() {
        runs++;
        await gate;
        if (fails) throw new Error('no memory');
        return new Float32Array(576);
      },
    },
    scalers: {
      of: async () => ({
        mean: new Float64Array(DEFAULT_PIPELINE.features.length),
        scale: new Float64Array(DEFAULT_PIPELINE.features.length).fill(1),
      }),
    },
    stopwatch: () => 0,
  });
  let computed = 0;
  forecasts.onComputed(() => void computed++);
  const request = (id = 'alpha') => forecasts.of(model(id), window);

  const waiting = [request(), request(), request(), request('beta')];
  release();
  const [one, two, three] = await Promise.all(waiting);
  expect(two?.quantiles).toBe(one?.quantiles);
  expect(three?.quantiles).toBe(one?.quantiles);
  expect([runs, computed]).toEqual([2, 2]);
  await request();
  expect(runs).toBe(2);

  window = windowOf(1501);
  fails = true;
  const failed = await Promise.allSettled([request(), request()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([runs, computed]).toEqual([3, 2]);
  fails = false;
  expect((await request()).asOf).not.toBe(one?.asOf);
  expect([runs, computed]).toEqual([4, 3]);
});
