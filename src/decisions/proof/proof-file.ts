import { z } from 'zod';
import {
  ACCOUNT_VALUE_COUNT,
  ACTION_SIZE,
  FORECAST_FEATURE_COUNT,
  QUANTILE_COUNT,
} from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../../formats/byte-reader.ts';
import { checkJsonSize, type JsonLimits } from '../../formats/json.ts';
import { accountVector } from '../../pipeline/account-state.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { listOf } from '../../runtime/list-of.ts';
import type { ExpectedPath } from './model-path.ts';

// The limits of pipelines.md#19.
const MAX_BYTES = 16 * 2 ** 20;
const MAX_CASES = 100;
const MAX_CANDLES = 20_000;
/** The steps of the longest forecast. */
const MAX_NUMBERS = 100_000;
/** Sixteen MiB of candles that someone wrote out are some 300,000 lists; their cases have a thousand fields. */
const LIMITS: JsonLimits = { containers: 500_000, fields: 100_000 };

/** An account without lots: what a case that names no account is decided for. */
const EMPTY_ACCOUNT = { equity: 10_000, lots: [] };

const numbers = listOf(z.number(), MAX_NUMBERS);
const price = z.number().positive();

const candle = z.tuple([z.int().min(0), price, price, price, price, z.number().min(0)]);

const proofCase = z.object({
  candles: listOf(candle, MAX_CANDLES),
  funding: listOf(z.tuple([z.int().min(0), z.number()]), MAX_CANDLES).default([]),
  features: numbers.optional(),
  scaled_last_row: numbers.optional(),
  quantiles: listOf(z.array(z.number()).length(QUANTILE_COUNT), MAX_NUMBERS).optional(),
  forecast_features: numbers.optional(),
  account_state: numbers.optional(),
  observation: numbers.optional(),
  normalised_observation: numbers.optional(),
  action: numbers.optional(),
});

const proofShape = z.object({
  format: z.literal('paperdesk-proof/1', { error: 'must be "paperdesk-proof/1"' }),
  cases: listOf(proofCase, MAX_CASES).refine((cases) => cases.length > 0, { error: 'must have a case' }),
});

type ProofCase = z.infer<typeof proofCase>;

/**
 * Reads a proof for a package of this pipeline (pipelines.md#19).
 * @throws PROOF_INVALID; JSON_MALFORMED for more lists, objects or fields than a proof has
 */
export async function readProof(reader: ByteReader, pipeline: Pipeline): Promise<ExpectedPath[]> {
  if (reader.size > MAX_BYTES) throw invalid(`has ${reader.size} bytes; at most ${MAX_BYTES} are accepted`);
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await reader.read(0, reader.size));
    checkJsonSize(text, LIMITS, 'The proof');
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof PaperdeskError) throw error;
    throw invalid(`is not JSON: ${(error as Error).message}`);
  }
  const result = proofShape.safeParse(value);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw invalid(`cannot be used: ${path.length === 0 ? '' : `${path.join('.')} `}${message}`);
  }
  return result.data.cases.map((one, index) => expectedPath(one, `case ${index + 1}`, pipeline));
}

function expectedPath(one: ProofCase, where: string, pipeline: Pipeline): ExpectedPath {
  checkTimes(one, where, pipeline);
  const lengths: readonly (readonly [keyof ProofCase, number])[] = [
    ['features', pipeline.features.length],
    ['scaled_last_row', pipeline.features.length],
    ['quantiles', pipeline.horizonSteps],
    ['forecast_features', FORECAST_FEATURE_COUNT],
    ['account_state', ACCOUNT_VALUE_COUNT],
    ['observation', pipeline.observationSize],
    ['normalised_observation', pipeline.observationSize],
    ['action', ACTION_SIZE],
  ];
  for (const [quantity, length] of lengths) {
    const found = one[quantity]?.length ?? length;
    if (found !== length) throw invalid(`has ${found} ${quantity} in ${where}; this package has ${length}`);
  }
  return {
    candles: one.candles.map(([openTime, open, high, low, close, volume]) => {
      return { openTime, open, high, low, close, volume };
    }),
    funding: one.funding.map(([time, rate]) => ({ time, rate })),
    features: one.features,
    scaledLastRow: one.scaled_last_row,
    quantiles: one.quantiles?.flat(),
    forecastFeatures: one.forecast_features,
    decisions: [
      {
        accountState: one.account_state ?? [...accountVector(EMPTY_ACCOUNT, 1, pipeline.maxHoldSteps)],
        observation: one.observation,
        normalizedObservation: one.normalised_observation,
        action: one.action,
      },
    ],
  };
}

/** @throws PROOF_INVALID unless the candles are enough, in order and of the decision timeframe */
function checkTimes({ candles, funding }: ProofCase, where: string, pipeline: Pipeline): void {
  const { forecastCandles, decisionMs, decisionTimeframe } = pipeline;
  if (candles.length < forecastCandles)
    throw invalid(`has ${candles.length} candles in ${where}; a forecast needs ${forecastCandles}`);
  const wrong = candles.findIndex(
    ([time], index) => index > 0 && time - candles[index - 1]![0] !== decisionMs,
  );
  if (wrong !== -1) {
    const minutes = (candles[wrong]![0] - candles[wrong - 1]![0]) / 60_000;
    throw invalid(
      `has candles ${wrong - 1} and ${wrong} of ${where} ${minutes} minutes apart; decision_tf is ${decisionTimeframe}`,
    );
  }
  if (funding.some(([time], index) => index > 0 && time <= funding[index - 1]![0]))
    throw invalid(`has funding rates of ${where} that are not in ascending time`);
}

function invalid(reason: string): PaperdeskError {
  return new PaperdeskError('PROOF_INVALID', `The proof ${reason}.`);
}
