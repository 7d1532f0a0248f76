import { z } from 'zod';
import {
  ACCOUNT_VALUE_COUNT,
  ACTION_SIZE,
  CORE_FEATURE_COUNT,
  FORECAST_CANDLES,
  FORECAST_FEATURE_COUNT,
  HORIZON_STEPS,
  QUANTILE_COUNT,
} from '../../dimensions.ts';
import { CORE_FEATURES } from '../../pipeline/core-features.ts';
import { decisionWindow } from '../../pipeline/decision-window.ts';
import { decodeAction } from '../../pipeline/decode-action.ts';
import { forecastFeatures } from '../../pipeline/forecast-features.ts';
import { observation } from '../../pipeline/observation.ts';
import { scaleRow } from '../../pipeline/scaler.ts';
import { Comparison } from './comparison.ts';
import { type GoldenKind, goldenCandles, goldenFunding, type ParityTools } from './golden-kind.ts';
import { type FolderPackage, readPackageFolder } from './package-folder.ts';
import {
  CORE_FEATURE_TOLERANCE,
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
  candles: goldenCandles.refine(({ length }) => length >= FORECAST_CANDLES, {
    error: `must be at least ${FORECAST_CANDLES} for one forecast`,
  }),
  funding: goldenFunding,
  core_features: z.record(z.enum(CORE_FEATURES), defined),
  scaled_last_row: z.array(defined).length(CORE_FEATURE_COUNT),
  quantiles: z.array(numbers(QUANTILE_COUNT)).length(HORIZON_STEPS),
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
  async compare(content, tools) {
    const golden = shape.parse(content);
    const files = await readPackageFolder(tools.packages, golden.package, golden.n_heads);
    const comparison = new Comparison();
    for (const [index, one] of golden.cases.entries()) {
      await compareCase(one, files, tools.engine, comparison, `window ${index + 1}`);
    }
    const precision = files.halfPrecision ? ', half-precision weights' : '';
    return {
      title: `package ${golden.package}, ${golden.cases.length} windows${precision}`,
      measures: comparison.measures(),
    };
  },
};

async function compareCase(
  golden: GoldenCase,
  { model, scaler, halfPrecision }: FolderPackage,
  engine: ParityTools['engine'],
  comparison: Comparison,
  where: string,
): Promise<void> {
  const window = decisionWindow(golden.candles, golden.funding, scaler);
  const expectedFeatures = CORE_FEATURES.map((name) => golden.core_features[name]);
  comparison.numbers('core features', window.features, expectedFeatures, CORE_FEATURE_TOLERANCE, where);
  const scaled = scaleRow(window.features, 0, scaler);
  comparison.numbers('scaled last row', scaled, golden.scaled_last_row, SCALED_TOLERANCE, where);

  const tolerance = halfPrecision ? HALF_PRECISION_FORECAST_TOLERANCE : FORECAST_TOLERANCE;
  const quantiles = await engine.forecast(model, window.scaled, 1);
  comparison.numbers('quantiles', quantiles, golden.quantiles.flat(), tolerance, where);
  const forecast = forecastFeatures(quantiles);
  comparison.numbers('forecast features', forecast, golden.forecast_features, tolerance, where);

  for (const [state, decision] of Object.entries(golden.decisions)) {
    const input = observation(window.scaled, forecast, decision.account_state);
    compareDecision(decision, await engine.act(model, input), comparison, `${where}, ${state}`);
  }
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
  compare('action', decoded.action, golden.action, POLICY_TOLERANCE, where);
  comparison.exact('direction', decoded.direction, golden.direction, where);
  comparison.exact('leverage', decoded.leverage, golden.leverage, where);
  compare('size', [decoded.sizePct], [golden.size_pct], SIZE_TOLERANCE, where);
  compare('stop', [decoded.stopAtrMultiple], [golden.sl_atr_multiple], STOP_TOLERANCE, where);
  compare('target', [decoded.targetAtrMultiple], [golden.tp_atr_multiple], TARGET_TOLERANCE, where);
  compare('strength', [decoded.strength], [golden.strength], STRENGTH_TOLERANCE, where);
  compare('agreement', [decoded.agreement], [golden.agreement], POLICY_TOLERANCE, where);
}
