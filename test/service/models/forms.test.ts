import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { createInferenceEngine } from '../../../src/models/engine.ts';
import { silentLog } from '../../helper/log.ts';

/** Checkpoints in the forms of public repositories, with the quantiles of torch (test/fixtures/formats/forms). */

const at = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const CHECKPOINTS = 'formats/forms/checkpoints/';

interface Expected {
  readonly models: Record<string, { readonly quantiles: readonly (readonly number[])[] }>;
  readonly files: Record<string, { readonly right: string; readonly model: string }>;
}

const { models, files }: Expected = JSON.parse(readFileSync(at(`${CHECKPOINTS}expected.json`), 'utf8'));
const engine = createInferenceEngine({ memoryBudgetBytes: 2 ** 28, log: silentLog });
afterAll(() => engine.close());

/** The window of the fixtures' rule. */
const WINDOW = Float32Array.from({ length: 512 * 28 }, (_, i) => {
  const [t, c] = [Math.floor(i / 28), i % 28];
  return (((31 * t + 17 * c) % 101) - 50) / 25;
});

test.each(Object.entries(files).filter(([, { right }]) => right === 'read'))(
  '%s forecasts as torch',
  async (name, { model }) => {
    const forecast = await engine.forecast(
      {
        id: name,
        version: '1',
        forecastPath: at(CHECKPOINTS + name),
        policyPath: at('packages/alpha/ppo_policy.zip'),
        forecaster: { heads: 4, lookback: 512, stride: 64 },
      },
      WINDOW,
      1,
    );
    const expected = models[model]!.quantiles.flat();
    expect(forecast).toHaveLength(expected.length);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - forecast[i]!)))).toBeLessThan(1e-5);
  },
);
