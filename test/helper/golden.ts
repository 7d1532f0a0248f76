import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/** One moment of a golden file of the whole path, as far as the HTTP tests need it. */
export interface GoldenCase {
  readonly last_open_time_ms: number;
  readonly close: number;
  readonly atr_14: number;
  readonly quantiles: readonly (readonly [number, number, number])[];
  readonly decisions: Readonly<Record<'flat' | 'one_long' | 'three_short', GoldenDecision>>;
}

export interface GoldenDecision {
  readonly account_state: readonly number[];
  readonly action: readonly number[];
  readonly agreement: number;
  readonly direction: 'LONG' | 'SHORT' | 'FLAT';
  readonly size_pct: number;
  readonly leverage: number;
  readonly strength: number;
}

/** The moments of `test/fixtures/golden/<name>.json.gz`. */
export function goldenCases(name: string): GoldenCase[] {
  const file = join(PROJECT_ROOT, 'test', 'fixtures', 'golden', `${name}.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')).cases;
}
