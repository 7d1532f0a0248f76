import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { withFileReader } from '../../../src/formats/byte-reader.ts';
import type { FeatureScaler } from '../../../src/formats/model-files.ts';
import { readScaler } from '../../../src/formats/sklearn/read-scaler.ts';
import { createInferenceEngine, type ModelFiles } from '../../../src/models/engine.ts';
import { decidedWindow, decisionWindow } from '../../../src/pipeline/decision-window.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { forecastFeatures } from '../../../src/pipeline/forecast-features.ts';
import { observation } from '../../../src/pipeline/observation.ts';
import {
  GOLDEN_PACKAGES,
  type GoldenPackage,
  goldenPackage,
  toCandles,
  toFunding,
} from '../../helper/golden.ts';
import { largestDifference } from '../../helper/largest-difference.ts';
import { silentLog } from '../../helper/log.ts';

const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });
afterAll(() => engine.close());

describe('the original system', () => {
  describe.each(GOLDEN_PACKAGES)('package %s', (name) => {
    const golden = goldenPackage(name) as GoldenPackage & { n_heads: number };
    const files = modelFiles(name, golden.n_heads);
    // gamma is stored in half precision.
    const tolerance = name === 'gamma' ? 1e-4 : 1e-5;

    test.each(golden.cases.map((one, index) => [index, one] as const))('moment %i', async (_, moment) => {
      const window = decisionWindow(
        DEFAULT_PIPELINE,
        toCandles(moment.candles),
        toFunding(moment.funding),
        await scalerOf(name),
      );
      const quantiles = await engine.forecast(files, window.scaled, 1);
      expect(largestDifference(quantiles, moment.quantiles.flat())).toBeLessThan(tolerance);

      const features = forecastFeatures(quantiles, 'steps');
      for (const decision of Object.values(moment.decisions)) {
        const observed = observation(DEFAULT_PIPELINE, {
          features: decidedWindow(window).scaledFeatures,
          forecast: features,
          account: decision.account_state,
        });
        const { mean, std } = await engine.act(files, observed);
        expect(largestDifference(mean, decision.mean)).toBeLessThan(1e-4);
        expect(largestDifference(std, decision.std)).toBeLessThan(1e-4);
      }
    });
  });
});

function modelFiles(name: string, heads: number): ModelFiles {
  const paths =
    name === 'ppo_v1'
      ? [at('../../../models/forecast_model.pt'), at('../../../models/ppo_policy_final.zip')]
      : [
          at(`../../fixtures/packages/${name}/forecast_model.pt`),
          at(`../../fixtures/packages/${name}/ppo_policy.zip`),
        ];
  const forecaster = { heads, lookback: 512, stride: 16 };
  return { id: name, version: '1', forecastPath: paths[0]!, policyPath: paths[1]!, forecaster };
}

async function scalerOf(name: string): Promise<FeatureScaler> {
  const pickled = at(`../../fixtures/packages/${name}/scaler.pkl`);
  return withFileReader(existsSync(pickled) ? pickled : at('../../../models/scaler.json'), readScaler);
}

function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
