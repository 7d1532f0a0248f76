import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../../formats/byte-reader.ts';
import type { InferenceEngine } from '../../models/engine.ts';
import type { Feature } from '../../pipeline/features/catalogue.ts';
import { PROOF_QUANTITIES, type ProofQuantity, type ProofResult } from '../../pipeline/proof-result.ts';
import { absolute, Comparison, isWithin, type Measure, type Tolerance } from './comparison.ts';
import { compareModelPath, type PathModel, type PathTolerances } from './model-path.ts';
import { readProof } from './proof-file.ts';

/** Families that divide by the variance of a window of prices. */
const VARIANCE_FAMILIES = new Set(['bb_pctb_N_K', 'close_z_N', 'vol_z_N']);

/** Near 0 a relative difference says nothing: prices have ten digits, and differences of them fewer. */
const RELATIVE: Tolerance = { absolute: 1e-9, relative: 1e-6 };

/** What each quantity of a proof may differ by (pipelines.md#20). */
export function tolerancesOf(halfPrecision: boolean): PathTolerances {
  return {
    feature: ({ family }: Feature) => (VARIANCE_FAMILIES.has(family.template) ? absolute(1e-6) : RELATIVE),
    scaled: { absolute: 1e-6, relative: 1e-6 },
    forecast: absolute(halfPrecision ? 1e-4 : 1e-5),
    observation: { absolute: 1e-5, relative: 1e-5 },
    policy: absolute(1e-4),
  };
}

/**
 * Computes every case of a proof with the package it came with (pipelines.md#20).
 * @throws PROOF_INVALID; PROOF_MISMATCH that names the first quantity that differs; what the engine throws
 */
export async function provePackage(
  proof: ByteReader,
  model: PathModel,
  engine: Pick<InferenceEngine, 'forecast' | 'act'>,
): Promise<ProofResult> {
  const cases = await readProof(proof, model.pipeline);
  const tolerances = tolerancesOf(model.halfPrecision);
  const largest: Partial<Record<ProofQuantity, number>> = {};
  for (const [index, expected] of cases.entries()) {
    const comparison = new Comparison();
    await compareModelPath(model, expected, engine, tolerances, comparison, `case ${index + 1}`);
    const measures = new Map(comparison.measures().map((measure) => [measure.quantity, measure]));
    for (const quantity of PROOF_QUANTITIES) {
      const measure = measures.get(quantity);
      if (measure === undefined) continue;
      if (!isWithin(measure)) throw mismatch(measure);
      largest[quantity] = Math.max(largest[quantity] ?? 0, measure.largestOfAll);
    }
  }
  if (Object.keys(largest).length === 0) {
    throw new PaperdeskError(
      'PROOF_INVALID',
      `No case of the proof has a quantity to compare; give some of ${PROOF_QUANTITIES.join(', ')}.`,
    );
  }
  return { cases: cases.length, largest_differences: largest };
}

/** Later quantities were computed from this one, so they are not blamed. */
function mismatch({ quantity, worst, largest, tolerance }: Measure): PaperdeskError {
  const allowed = tolerance === undefined ? '' : `; ${describe(tolerance)} is accepted`;
  return new PaperdeskError(
    'PROOF_MISMATCH',
    `The service computes other ${quantity} than the proof: ${worst}, a difference of ${largest.toPrecision(3)}${allowed}. ` +
      'Everything before it agrees.',
  );
}

function describe({ absolute: size, relative }: Tolerance): string {
  return relative === 0 ? `${size}` : `${relative} of the number`;
}
