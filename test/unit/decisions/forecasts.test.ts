import { expect, test } from 'vitest';
import { createForecasts } from '../../../src/decisions/forecasts.ts';
import { CORE_FEATURE_COUNT } from '../../../src/formats/dimensions.ts';
import { pastWindow } from '../../../src/market/store/past-window.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { walk } from '../../helper/market.ts';

const series = walk({ start: Date.UTC(2025, 10, 10), count: 1501 });
const stored = series.candles.map((candle) => ({ ...candle, filled: false }));
const model = (id: string) =>
  ({ id, version: '1', files: [], weights: 'float32', manifest: {} }) as unknown as ModelPackage;

test('whoever asks for a forecast that is being computed waits for it; one that failed is computed again', async () => {
  let last = 1500;
  let runs = 0;
  let fails = false;
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const forecasts = createForecasts({
    history: { window: async () => pastWindow('BTCUSDT', stored.slice(last - 1500, last), series.funding) },
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
        mean: new Float64Array(CORE_FEATURE_COUNT),
        scale: new Float64Array(CORE_FEATURE_COUNT).fill(1),
      }),
    },
    stopwatch: () => 0,
  });
  let told = 0;
  forecasts.onComputed(() => void told++);
  const ask = (id = 'alpha') => forecasts.newest(model(id), 'BTCUSDT');

  const waiting = [ask(), ask(), ask(), ask('beta')];
  release();
  const [one, two, three] = await Promise.all(waiting);
  expect(two?.quantiles).toBe(one?.quantiles);
  expect(three?.quantiles).toBe(one?.quantiles);
  expect([runs, told]).toEqual([2, 2]);
  await ask();
  expect(runs).toBe(2);

  last = 1501;
  fails = true;
  const failed = await Promise.allSettled([ask(), ask()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([runs, told]).toEqual([3, 2]);
  fails = false;
  expect((await ask()).asOf).not.toBe(one?.asOf);
  expect([runs, told]).toEqual([4, 3]);
});
