import { z } from 'zod';
import { DECISION_TIMEFRAMES, INTRABAR_TIMEFRAMES } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { ByteReader } from '../formats/byte-reader.ts';
import { tooDeepAt } from '../runtime/json-depth.ts';
import { canonicalSymbol, SYMBOL } from '../symbol.ts';
import { featureQuantiles } from './feature-quantiles.ts';
import { FORECAST_FEATURE_DEFINITIONS } from './forecast-features.ts';
import { OBSERVATION_BLOCKS } from './observation-blocks.ts';

const quantileLevels = z
  .tuple([z.number(), z.number(), z.number()], { error: 'must be three numbers' })
  .refine(([low, mid, high]) => low > 0 && low < mid && mid < high && high < 1, {
    error: 'must be three increasing numbers between 0 and 1',
  });

/** Checked as a whole: one error per entry would take half a second for 100,000 entries. */
const names = z.custom<readonly string[]>(
  (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  { error: 'must be a list of names' },
);

/** Limits of what a decision may need; the longest period of a feature is 5000 candles. */
const MAX_CANDLES = 20_000;
const MAX_STEPS = 100_000;
const MAX_TRIALS = 1_000_000_000;

function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

const observationBlocks = z
  .array(oneOf(OBSERVATION_BLOCKS))
  .min(1)
  .max(OBSERVATION_BLOCKS.length)
  .refine((blocks) => blocks.join() === OBSERVATION_BLOCKS.filter((block) => blocks.includes(block)).join(), {
    error: `must have some of "${OBSERVATION_BLOCKS.join('", "')}" in this order, each once`,
  });

/** The fields that an upload may declare (packages.md#10, pipelines.md#1); unknown fields pass through. */
const uploadedManifest = z.looseObject({
  decision_tf: oneOf(DECISION_TIMEFRAMES).optional(),
  candles: oneOf(DECISION_TIMEFRAMES).optional(),
  intrabar_tf: oneOf(INTRABAR_TIMEFRAMES).optional(),
  lookback_steps: z.int().min(1).max(MAX_CANDLES).optional(),
  history_candles: z.int().min(1).max(MAX_CANDLES).optional(),
  stride: z.int().min(1).max(MAX_CANDLES).optional(),
  forecast_horizon_steps: z.int().min(2).max(MAX_STEPS).optional(),
  forecast_quantiles: quantileLevels.optional(),
  quantiles: quantileLevels.optional(),
  forecast_features: oneOf(FORECAST_FEATURE_DEFINITIONS).optional(),
  feature_set: oneOf(['core28', 'train30', 'custom']).optional(),
  feature_order: names.optional(),
  observation: observationBlocks.optional(),
  max_hold_steps: z.int().min(1).max(MAX_STEPS).optional(),
  n_heads: z.int().min(1).max(1024).optional(),
  model_tag: z.string().max(200).optional(),
  symbol: z
    .string()
    .transform(canonicalSymbol)
    .pipe(z.string().regex(SYMBOL, { error: 'must be written like BTCUSDT' }))
    .optional(),
  train_range: z.unknown().optional(),
  trials: z.int({ error: 'must be a whole number' }).min(0).max(MAX_TRIALS).optional(),
  feature_quantiles: featureQuantiles.optional(),
});

/** A `manifest.json` as uploaded; every field is optional. */
export type UploadedManifest = z.infer<typeof uploadedManifest>;

// The limits of packages.md#14.
const MAX_BYTES = 2 ** 20;
const MAX_DEPTH = 32;
const MAX_LISTED_ERRORS = 20;

/**
 * Reads an uploaded `manifest.json`.
 * @throws JSON_MALFORMED, MANIFEST_INVALID
 */
export async function readManifest(reader: ByteReader): Promise<UploadedManifest> {
  if (reader.size > MAX_BYTES) {
    throw invalid(`manifest.json has ${reader.size} bytes; at most ${MAX_BYTES} are accepted.`);
  }
  const bytes = await reader.read(0, reader.size);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PaperdeskError('JSON_MALFORMED', 'manifest.json is not UTF-8 text.');
  }
  return parseManifest(text);
}

/**
 * Parses the text of a `manifest.json`.
 * @throws JSON_MALFORMED; MANIFEST_INVALID with one clause per wrong field
 */
export function parseManifest(text: string): UploadedManifest {
  if (tooDeepAt(text, MAX_DEPTH) !== -1)
    throw invalid(`manifest.json is nested deeper than ${MAX_DEPTH} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PaperdeskError('JSON_MALFORMED', `manifest.json is not JSON: ${(error as Error).message}.`);
  }
  const result = uploadedManifest.safeParse(value);
  if (!result.success) throw invalid(errorSentence(result.error));
  const { forecast_quantiles: levels, quantiles, decision_tf: timeframe, candles } = result.data;
  checkAlias('forecast_quantiles', levels, 'quantiles', quantiles);
  checkAlias('decision_tf', timeframe, 'candles', candles);
  return result.data;
}

/** @throws MANIFEST_INVALID when a field and its other name have different values */
function checkAlias(field: string, value: unknown, alias: string, aliasValue: unknown): void {
  const [text, aliasText] = [JSON.stringify(value), JSON.stringify(aliasValue)];
  if (value === undefined || aliasValue === undefined || text === aliasText) return;
  throw invalid(
    `manifest.json has ${field} ${text} and ${alias} ${aliasText}; they mean the same and must be equal.`,
  );
}

function errorSentence({ issues }: z.ZodError): string {
  const clauses = issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')} ${message}`,
  );
  const listed = clauses.slice(0, MAX_LISTED_ERRORS).join('; ');
  const more = clauses.length > MAX_LISTED_ERRORS ? `; and ${clauses.length - MAX_LISTED_ERRORS} more` : '';
  return `manifest.json cannot be used: ${listed}${more}.`;
}

function invalid(sentence: string): PaperdeskError {
  return new PaperdeskError('MANIFEST_INVALID', sentence);
}
