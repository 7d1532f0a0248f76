import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isWithin } from '../../../src/decisions/proof/comparison.ts';
import { compareGoldenFile } from '../../../src/tools/parity/golden-file.ts';
import type { ParityTools } from '../../../src/tools/parity/golden-kind.ts';
import { FIXTURES } from '../../helper/market.ts';

const noModel = () => Promise.reject(new Error('Statistics need no model.'));
const tools: ParityTools = { packages: '', engine: { forecast: noModel, act: noModel } };

it.each([
  ['forecast_quality', 6],
  ['attribution', 4],
  ['counterfactual', 3],
  ['drift', 16],
])('%s agrees with the golden numbers', async (name, cases) => {
  const { title, measures } = await compareGoldenFile(join(FIXTURES, 'golden', `${name}.json.gz`), tools);
  expect(title).toContain(`${cases} cases`);
  expect(measures.filter((measure) => !isWithin(measure))).toEqual([]);
});
