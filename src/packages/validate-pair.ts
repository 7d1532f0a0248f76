import { type ByteReader, withFileReaders } from '../formats/byte-reader.ts';
import { inspectPolicy } from '../formats/sb3/read-policy.ts';
import { readVecNormalize } from '../formats/sb3/read-vec-normalize.ts';
import { readScaler } from '../formats/sklearn/read-scaler.ts';
import { checkWeightsFinite } from '../formats/torch/check-weights.ts';
import { readForecaster } from '../formats/torch/read-forecaster.ts';
import { Faults } from '../pipeline/faults.ts';
import { type ResolvedManifest, resolveManifest } from '../pipeline/resolve-manifest.ts';
import { readManifest } from '../pipeline/uploaded-manifest.ts';
import type { PackageFileName } from './stored-file.ts';

const HALF_PRECISION: ReadonlySet<string> = new Set(['float16', 'bfloat16']);

/** The files of a pair of models. */
export interface PairFiles {
  readonly forecast: ByteReader;
  readonly policy: ByteReader;
  readonly scaler: ByteReader | undefined;
  readonly manifest: ByteReader | undefined;
  readonly vecNormalize: ByteReader | undefined;
}

/** A package that may be stored. */
export interface ValidatedPair extends ResolvedManifest {
  /** Whether some of the forecaster's weights have half precision. */
  readonly halfPrecision: boolean;
}

/**
 * Validates the files of a package by their paths; forecaster and policy are required.
 * @throws the refusals of `validatePair`, and what opening a file throws
 */
export function validatePairFiles(paths: ReadonlyMap<PackageFileName, string>): Promise<ValidatedPair> {
  return withFileReaders(paths, (readers) =>
    validatePair({
      forecast: readers.get('forecast_model.pt')!,
      policy: readers.get('ppo_policy.zip')!,
      scaler: readers.get('scaler.pkl') ?? readers.get('scaler.json'),
      manifest: readers.get('manifest.json'),
      vecNormalize: readers.get('vec_normalize.pkl'),
    }),
  );
}

/**
 * Checks that the files can be read and belong together (packages.md#15). Executes nothing and stores nothing.
 * @returns the manifest, completed from the files
 * @throws the refusals listed in docs/writing-a-package.md: the code of the first fault, the sentences of all
 */
export async function validatePair(files: PairFiles): Promise<ValidatedPair> {
  const faults = new Faults();
  const read = <T>(file: ByteReader | undefined, reader: (file: ByteReader) => Promise<T>) =>
    file === undefined ? undefined : faults.catchAsync(() => reader(file));
  // The policy first: with another algorithm or action space nothing else matters.
  const inspection = await read(files.policy, inspectPolicy);
  for (const { code, message } of inspection?.faults ?? []) faults.add(code, message);
  const forecaster = await read(files.forecast, readForecaster);
  const uploaded = files.manifest === undefined ? {} : await read(files.manifest, readManifest);
  const scaler = await read(files.scaler, readScaler);
  const vecNormalize = await read(files.vecNormalize, readVecNormalize);
  const { policy, observationSize } = inspection ?? { policy: undefined, observationSize: undefined };
  const known = { policy, observationSize, forecaster: forecaster?.shape, scaler, vecNormalize };
  const resolved =
    uploaded && resolveManifest(uploaded, { ...known, hasScaler: files.scaler !== undefined }, faults);
  faults.throwIfAny();
  // Last, because it is the only check that reads every byte.
  await checkWeightsFinite(files.forecast, forecaster!.weights);
  const halfPrecision = [...forecaster!.weights.values()].some(({ dtype }) => HALF_PRECISION.has(dtype));
  return { ...resolved!, halfPrecision };
}
