import { fileURLToPath } from 'node:url';
import type { ModelFiles } from '../../src/models/engine.ts';

/** The files of a package under test/fixtures/packages. */
export function packageFiles(name: 'alpha' | 'beta' | 'gamma'): ModelFiles {
  const folder = fileURLToPath(new URL(`../fixtures/packages/${name}/`, import.meta.url));
  return {
    id: name,
    version: '1',
    forecastPath: `${folder}forecast_model.pt`,
    policyPath: `${folder}ppo_policy.zip`,
    forecaster: { heads: name === 'beta' ? 2 : 4, lookback: 512, stride: 16 },
  };
}

/** `batch` scaled windows with arbitrary numbers. */
export function someWindows(batch: number): Float32Array {
  return Float32Array.from({ length: batch * 512 * 28 }, (_, i) => Math.sin(i * 1.7) + Math.cos(i / 311));
}
