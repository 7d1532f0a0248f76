// promise: docs/security.md "One package cannot starve the others"

import { expect, test } from 'vitest';
import { createForecastBudget } from '../../../src/models/forecast-budget.ts';
import { measureForecast } from '../../../src/models/forecast-time.ts';
import type { LoadedModel } from '../../../src/models/loaded-model.ts';

test('a package exceeds its budget with three slow forecasts in a row, by the fastest of them', () => {
  const budget = createForecastBudget(2000);
  const exceeded: [string, number][] = [];
  budget.onExceeded((id, bestMs) => exceeded.push([id, bestMs]));
  for (const ms of [9000, 9000, 2000, 2001, 5000]) budget.note('a', ms);
  budget.note('b', 9000);
  expect(exceeded).toEqual([]);
  budget.note('a', 3000);
  expect(exceeded).toEqual([['a', 2001]]);
});

/** A model whose forecasts do nothing, which takes some time all the same. */
function counted() {
  const seen: number[] = [];
  const model: Pick<LoadedModel, 'forecast' | 'summary'> = {
    summary: { architecture: { lookback: 4, features: 2 } } as LoadedModel['summary'],
    async forecast(windows, batch) {
      seen.push(windows.length * batch);
      return new Float32Array(3);
    },
  };
  return { model, seen };
}

test('a measurement ends with the first forecast within the limit, or one that is hopeless', async () => {
  for (const limitMs of [60_000, 0]) {
    const { model, seen } = counted();
    const { bestMs, forecasts } = await measureForecast(model, limitMs);
    expect([seen, forecasts, bestMs > 0]).toEqual([[8], 1, true]);
  }
});
