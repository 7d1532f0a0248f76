import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isWithin } from '../../../src/decisions/proof/comparison.ts';
import { executionKind } from '../../../src/tools/parity/execution-kind.ts';
import { compareGoldenFile } from '../../../src/tools/parity/golden-file.ts';
import { readFixture } from '../../helper/golden.ts';
import type { TrainingRun } from '../../helper/training-run.ts';

const FILE = join(fileURLToPath(new URL('../../fixtures/golden/', import.meta.url)), 'execution.json.gz');

const NO_TOOLS = {
  packages: '',
  engine: {
    forecast: () => Promise.reject(new Error('not needed')),
    act: () => Promise.reject(new Error('not needed')),
  },
};

async function outOfTolerance(change: (run: TrainingRun) => void): Promise<string[]> {
  const run = readFixture<TrainingRun>('golden/execution.json.gz');
  change(run);
  const { measures } = await executionKind.compare(run, NO_TOOLS);
  return measures.filter((measure) => !isWithin(measure)).map(({ quantity }) => quantity);
}

describe('the run of the training environment', () => {
  it('is reproduced: account state, balance, equity and every lot', async () => {
    const { title, measures } = await compareGoldenFile(FILE, NO_TOOLS);
    expect(title).toBe('execution, 600 steps');
    expect(measures.filter((measure) => !isWithin(measure))).toEqual([]);
    expect(Object.fromEntries(measures.map(({ quantity, values }) => [quantity, values]))).toMatchObject({
      'account state': 5400,
      balance: 600,
      equity: 600,
      'lots closed': 600,
      'entry price': 3958,
      steps: 3958,
    });
  });

  it('is compared strictly: a difference is reported', async () => {
    const changed = await outOfTolerance(({ steps }) => {
      Object.assign(steps[1]!, { equity: steps[1]!.equity * (1 + 2e-6) });
      Object.assign(steps[5]!.lots[0]!, { steps: 7 });
    });
    expect(changed).toEqual(['equity', 'steps']);
  });

  it('reports missing candles', async () => {
    expect(
      await outOfTolerance((run) => Object.assign(run, { bars_15m: run.bars_15m.slice(0, 600) })),
    ).toEqual(['15m candle that a step is executed in']);
  });
});
