import { PaperdeskError } from '../../errors.ts';
import { withFileReader } from '../../formats/byte-reader.ts';
import { readVecNormalize } from '../../formats/sb3/read-vec-normalize.ts';
import { readScaler } from '../../formats/sklearn/read-scaler.ts';
import { type InferenceEngine, isTooSlow } from '../../models/engine.ts';
import type { ProvableUpload } from '../../packages/add-package.ts';
import { pipelineOf } from '../../pipeline/pipeline.ts';
import type { ProofResult } from '../../pipeline/proof-result.ts';
import { forecasterSettings } from '../package-engine.ts';
import type { PathModel } from './model-path.ts';
import { provePackage } from './prove-package.ts';

export interface ProveUploadDependencies {
  readonly engine: Pick<InferenceEngine, 'forecast' | 'act' | 'unload'>;
  /** The service's own scaler, for uploads without one. */
  readonly defaultScalerPath: string;
  readonly newId: () => string;
}

/**
 * Computes the proof of an upload, whose models are loaded for this alone.
 * @throws PROOF_INVALID, PROOF_MISMATCH, PROOF_TOO_SLOW, MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE
 */
export async function proveUpload(
  { engine, defaultScalerPath, newId }: ProveUploadDependencies,
  upload: ProvableUpload,
): Promise<ProofResult> {
  const id = `upload ${newId()}`;
  const model = await readModel(id, upload, defaultScalerPath);
  try {
    return await withFileReader(upload.paths.get('proof.json')!, (reader) =>
      provePackage(reader, model, engine),
    );
  } catch (error) {
    throw isTooSlow(error) ? tooSlow(error) : error;
  } finally {
    await engine.unload(id);
  }
}

/** The fault of the pair, not of the moment: no other attempt of the same upload would end otherwise. */
function tooSlow(cause: PaperdeskError): PaperdeskError {
  return new PaperdeskError('PROOF_TOO_SLOW', `The proof cannot be computed. ${cause.message}`, { cause });
}

async function readModel(
  id: string,
  { paths, pair: { manifest, halfPrecision } }: ProvableUpload,
  defaultScalerPath: string,
): Promise<PathModel> {
  const scalerPath = paths.get('scaler.pkl') ?? paths.get('scaler.json') ?? defaultScalerPath;
  const vecNormalizePath = paths.get('vec_normalize.pkl');
  return {
    files: {
      id,
      version: id,
      forecastPath: paths.get('forecast_model.pt')!,
      policyPath: paths.get('ppo_policy.zip')!,
      forecaster: forecasterSettings(manifest),
    },
    pipeline: pipelineOf(manifest),
    scaler: await withFileReader(scalerPath, readScaler),
    vecNormalize:
      vecNormalizePath === undefined ? undefined : await withFileReader(vecNormalizePath, readVecNormalize),
    halfPrecision,
  };
}
