import { describe, expect, it } from 'vitest';
import { isWithin } from '../../../src/decisions/proof/comparison.ts';
import type { ParityTools } from '../../../src/tools/parity/golden-kind.ts';
import { statisticsKind } from '../../../src/tools/parity/statistics-kind.ts';
import { readFixture } from '../../helper/golden.ts';

const FILES = [
  ...['performance', 'gates', 'bootstrap', 'comparison'],
  ...['forecast_quality', 'attribution', 'counterfactual', 'drift'],
];

/** Statistics compute no models. */
const noTools: ParityTools = {
  packages: '',
  engine: { forecast: () => Promise.reject(new Error()), act: () => Promise.reject(new Error()) },
};

interface GoldenFile {
  readonly cases: { name: string; input: Record<string, unknown>; expected: Record<string, unknown> }[];
}

const golden = (name: string) => readFixture<GoldenFile>(`golden/${name}.json.gz`);

describe('golden statistics', () => {
  it.each(FILES)('%s agrees', async (name) => {
    const { measures } = await statisticsKind.compare(golden(name), noTools);
    expect(measures.filter((measure) => !isWithin(measure))).toEqual([]);
    expect(measures.length).toBeGreaterThan(1);
  });

  it('differ where a number, a code, a position or a field differs', async () => {
    const outOfTolerance = async (name: string, change: (expected: Record<string, unknown>) => void) => {
      const { cases } = golden(name);
      for (const { expected } of cases) change(expected);
      const { measures } = await statisticsKind.compare({ spec: '', cases }, noTools);
      return measures.filter((measure) => !isWithin(measure)).map(({ quantity }) => quantity);
    };
    const performance = 'performance';
    expect(
      await outOfTolerance(performance, (expected) => Object.assign(expected, { total_return: 1e-8 })),
    ).toEqual(['total_return']);
    const later = (expected: Record<string, unknown>) => {
      const drawdown = expected.drawdown as { duration_ms: number };
      drawdown.duration_ms += 1;
    };
    expect(await outOfTolerance(performance, later)).toEqual(['drawdown.duration_ms']);
    const gates = 'gates';
    expect(
      await outOfTolerance(gates, (expected) => Object.assign(expected, { sharpe: 'FEW_DAYS' })),
    ).toContain('answer, fields');
  });

  it('must have cases of a known kind', async () => {
    const unknown = { spec: '', cases: [{ name: 'other', input: { price: 1 }, expected: {} }] };
    await expect(statisticsKind.compare(unknown, noTools)).rejects.toThrow('is none of the known cases');
    const malformed = {
      spec: '',
      cases: [{ name: 'gates', input: { active_days: 1, episodes: 2, span_days: 3 }, expected: {} }],
    };
    await expect(statisticsKind.compare(malformed, noTools)).rejects.toThrow('days');
  });
});
