import { z } from 'zod';
import { Comparison } from '../../decisions/proof/comparison.ts';
import {
  compareModelPath,
  type ExpectedPath,
  type PathTolerances,
} from '../../decisions/proof/model-path.ts';
import {
  ACCOUNT_VALUE_COUNT,
  ACTION_SIZE,
  FORECAST_FEATURE_COUNT,
  QUANTILE_COUNT,
} from '../../dimensions.ts';
import { decodeAction } from '../../pipeline/decode-action.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { type GoldenKind, goldenCandles, goldenFunding } from './golden-kind.ts';
import { readPackageFolder } from './package-folder.ts';
import {
  FEATURE_TOLERANCE,
  FORECAST_TOLERANCE,
  HALF_PRECISION_FORECAST_TOLERANCE,
  POLICY_TOLERANCE,
  SCALED_TOLERANCE,
  SIZE_TOLERANCE,
  STOP_TOLERANCE,
  STRENGTH_TOLERANCE,
  TARGET_TOLERANCE,
} from './tolerances.ts';

const numbers = (length: number) => z.array(z.number()).length(length);

/** null where the number is undefined in the original. */
const defined = z.number().nullable();

const decisionShape = z.object({
  account_state: numbers(ACCOUNT_VALUE_COUNT),
  observation: z.array(z.number()).optional(),
  normalised_observation: z.array(z.number()).optional(),
  mean: numbers(ACTION_SIZE),
  std: numbers(ACTION_SIZE),
  action: numbers(ACTION_SIZE),
  agreement: z.number(),
  direction: z.enum(['LONG', 'SHORT', 'FLAT']),
  size_pct: z.number(),
  leverage: z.number(),
  sl_atr_multiple: z.number(),
  tp_atr_multiple: z.number(),
  strength: z.number(),
});

const caseShape = z.object({
  candles: goldenCandles,
  funding: goldenFunding,
  /** By the names of the features. */
  core_features: z.record(z.string(), defined),
  scaled_last_row: z.array(defined),
  quantiles: z.array(numbers(QUANTILE_COUNT)),
  forecast_features: numbers(FORECAST_FEATURE_COUNT),
  decisions: z.record(z.string(), decisionShape),
});

const shape = z.object({
  // Used as the name of a folder.
  package: z.string().regex(/^\w[\w.-]*$/, 'must be the plain name of a package'),
  n_heads: z.number().int().positive().optional(),
  cases: z.array(caseShape).min(1),
});

type GoldenCase = z.infer<typeof caseShape>;
type GoldenDecision = z.infer<typeof decisionShape>;

/** All computations of a package: candles, features, forecast, policy, decoded decisions. */
export const packagePathKind: GoldenKind = {
  name: 'package path',
  fields: ['package', 'cases'],
  async compare(content, { packages, engine }) {
    const golden = shape.parse(content);
    const model = await readPackageFolder(packages, golden.package, golden.n_heads);
    const comparison = new Comparison();
    const tolerances = tolerancesOf(model.halfPrecision);
    for (const [index, one] of golden.cases.entries()) {
      const where = `window ${index + 1}`;
      const expected = expectedPath(one, model.pipeline);
      const outputs = await compareModelPath(model, expected, engine, tolerances, comparison, where);
      for (const [position, [state, decision]] of Object.entries(one.decisions).entries()) {
        compareDecision(decision, outputs[position]!, comparison, `${where}, ${state}`);
      }
    }
    const precision = model.halfPrecision ? ', half-precision weights' : '';
    return {
      title: `package ${golden.package}, ${golden.cases.length} windows${precision}`,
      measures: comparison.measures(),
    };
  },
};

function tolerancesOf(halfPrecision: boolean): PathTolerances {
  return {
    feature: () => FEATURE_TOLERANCE,
    scaled: SCALED_TOLERANCE,
    forecast: halfPrecision ? HALF_PRECISION_FORECAST_TOLERANCE : FORECAST_TOLERANCE,
    observation: FORECAST_TOLERANCE,
    policy: POLICY_TOLERANCE,
  };
}

/** @throws ZodError when the window is too short */
function expectedPath(golden: GoldenCase, { features, forecastCandles }: Pipeline): ExpectedPath {
  const enough = z.custom((length) => (length as number) >= forecastCandles, {
    error: `must be at least ${forecastCandles} for one forecast`,
  });
  const all = z.custom((names) => features.every(({ name }) => Object.hasOwn(names as object, name)), {
    error: "must have the package's features",
  });
  z.object({ candles: enough, core_features: all }).parse({
    candles: golden.candles.length,
    core_features: golden.core_features,
  });
  return {
    candles: golden.candles,
    funding: golden.funding,
    features: features.map(({ name }) => golden.core_features[name] ?? null),
    scaledLastRow: golden.scaled_last_row,
    quantiles: golden.quantiles.flat(),
    forecastFeatures: golden.forecast_features,
    decisions: Object.values(golden.decisions).map((decision) => ({
      accountState: decision.account_state,
      observation: decision.observation,
      normalizedObservation: decision.normalised_observation,
      action: decision.action,
    })),
  };
}

function compareDecision(
  golden: GoldenDecision,
  output: { readonly mean: Float32Array; readonly std: Float32Array },
  comparison: Comparison,
  where: string,
): void {
  const compare = comparison.numbers.bind(comparison);
  compare('mean', output.mean, golden.mean, POLICY_TOLERANCE, where);
  compare('std', output.std, golden.std, POLICY_TOLERANCE, where);
  // A value that is not finite is out of tolerance already, and cannot be decoded.
  if (!output.mean.every(Number.isFinite)) return;
  const decoded = decodeAction(output);
  comparison.exact('direction', decoded.direction, golden.direction, where);
  comparison.exact('leverage', decoded.leverage, golden.leverage, where);
  compare('size', [decoded.sizePct], [golden.size_pct], SIZE_TOLERANCE, where);
  compare('stop', [decoded.stopAtrMultiple], [golden.sl_atr_multiple], STOP_TOLERANCE, where);
  compare('target', [decoded.targetAtrMultiple], [golden.tp_atr_multiple], TARGET_TOLERANCE, where);
  compare('strength', [decoded.strength], [golden.strength], STRENGTH_TOLERANCE, where);
  compare('agreement', [decoded.agreement], [golden.agreement], POLICY_TOLERANCE, where);
}
