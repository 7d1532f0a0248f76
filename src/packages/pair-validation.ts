import { PaperdeskError } from '../errors.ts';
import type { ByteReader } from '../formats/byte-reader.ts';
import type { StandardScaler } from '../formats/model-files.ts';
import { readPolicy } from '../formats/sb3/sb3.ts';
import { readScaler } from '../formats/sklearn/sklearn.ts';
import { readForecaster } from '../formats/torch/forecaster-file.ts';
import { checkWeightsFinite } from '../formats/torch/torch.ts';
import { CORE_FEATURES } from '../pipeline/core-features.ts';
import {
  completeManifest,
  DEFAULT_HEADS,
  type PackageManifest,
  parseManifest,
} from '../pipeline/manifest.ts';

/** The files of a package, as they came; only forecast and policy have to be there. */
export interface PairFiles {
  readonly forecast: ByteReader;
  readonly policy: ByteReader;
  readonly scaler: ByteReader | undefined;
  readonly manifest: ByteReader | undefined;
}

/** Largest manifest and largest scaler that are looked at, in bytes. */
const MAX_MANIFEST_BYTES = 1024 * 1024;

/**
 * Checks that the files can be read, belong together and fit what the service computes (packages.md#15). Nothing in
 * them is executed, and nothing is stored.
 * @throws the refusals of packages.md#15, each with its own code
 */
export async function validatePair(files: PairFiles): Promise<PackageManifest> {
  const uploaded = files.manifest === undefined ? {} : parseManifest(await readText(files.manifest));
  const forecaster = await readForecaster(files.forecast, { heads: uploaded.n_heads ?? DEFAULT_HEADS });
  const policy = await readPolicy(files.policy);
  const scaler = files.scaler === undefined ? undefined : await readScaler(files.scaler);
  if (scaler !== undefined) checkScalerOrder(scaler);
  const manifest = completeManifest(uploaded, forecaster.architecture, policy, scaler !== undefined);
  // Last, because it is the only check that reads every byte.
  await checkWeightsFinite(files.forecast, forecaster.weights);
  return manifest;
}

/** @throws SCALER_FEATURES when a scaler names its features and they are not the 28 core features in order */
function checkScalerOrder(scaler: StandardScaler): void {
  const order = scaler.featureOrder;
  if (order === undefined) return;
  const index = CORE_FEATURES.findIndex((name, position) => order[position] !== name);
  if (index === -1) return;
  throw new PaperdeskError(
    'SCALER_FEATURES',
    `The scaler's feature ${index + 1} is ${JSON.stringify(order[index])} where ${CORE_FEATURES[index]} is needed; ` +
      'fit it on the 28 core features in their order.',
  );
}

async function readText(reader: ByteReader): Promise<string> {
  if (reader.size > MAX_MANIFEST_BYTES) {
    throw new PaperdeskError(
      'MANIFEST_INVALID',
      `manifest.json has ${reader.size} bytes; at most ${MAX_MANIFEST_BYTES} are read.`,
    );
  }
  const bytes = await reader.read(0, reader.size);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PaperdeskError('JSON_MALFORMED', 'manifest.json is not UTF-8 text.');
  }
}
