import { z } from 'zod';
import { Comparison } from '../../decisions/proof/comparison.ts';
import { attributionCase } from './attribution-case.ts';
import { bootstrapCases } from './bootstrap-cases.ts';
import { comparisonCases } from './comparison-cases.ts';
import { counterfactualCase } from './counterfactual-case.ts';
import { driftAlertCase, driftWindowsCase } from './drift-cases.ts';
import { forecastQualityCase } from './forecast-quality-case.ts';
import { gatesCase } from './gates-case.ts';
import { compareJson, type GoldenCaseKind } from './golden-case.ts';
import type { GoldenKind } from './golden-kind.ts';
import { performanceCase } from './performance-case.ts';

/** The kinds of cases in golden files of statistics. */
const CASES: readonly GoldenCaseKind[] = [
  performanceCase,
  gatesCase,
  ...bootstrapCases,
  ...comparisonCases,
  forecastQualityCase,
  attributionCase,
  counterfactualCase,
  driftWindowsCase,
  driftAlertCase,
];

const shape = z.object({
  cases: z
    .array(
      z.object({
        name: z.string(),
        input: z.record(z.string(), z.unknown()).refine((input) => kindOf(input) !== undefined, {
          error: `is none of the known cases: ${CASES.map(({ name }) => name).join(', ')}`,
        }),
        expected: z.unknown(),
      }),
    )
    .min(1),
});

/** Figures about results and forecasts (statistics.md). */
export const statisticsKind: GoldenKind = {
  name: 'statistics',
  fields: ['cases'],
  async compare(content) {
    const { cases } = shape.parse(content);
    const comparison = new Comparison();
    for (const { name, input, expected } of cases) {
      const kind = kindOf(input)!;
      compareJson(comparison, kind.toleranceOf, await kind.compute(input), expected, name);
    }
    const names = [...new Set(cases.map(({ input }) => kindOf(input)!.name))];
    return {
      title: `statistics, ${cases.length} cases of ${names.join(', ')}`,
      measures: comparison.measures(),
    };
  },
};

function kindOf(input: object): GoldenCaseKind | undefined {
  return CASES.find(({ fields }) => fields.every((field) => Object.hasOwn(input, field)));
}
