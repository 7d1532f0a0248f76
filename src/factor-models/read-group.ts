import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { MAX_MODEL_BYTES, readPickledModel } from '../formats/xgboost/booster-pickle.ts';
import { parseModelJson, type XgboostDocument } from '../formats/xgboost/model-document.ts';
import { readXgboostModel } from '../formats/xgboost/xgboost-model.ts';
import type { ListedGroup } from './artifact-listing.ts';
import type { ArtifactFile, ArtifactKind, FactorGroup, ModelFacts, ModelSource } from './factor-group.ts';
import type { KeptModels } from './kept-models.ts';
import { decodeText, readFactorList, readIcTable } from './text-artifacts.ts';
import { readTrainingInfo } from './training-info.ts';

export interface ReadGroup {
  readonly group: FactorGroup;
  /** Every artifact could be read, and they fit each other. */
  readonly whole: boolean;
}

const MAX_BYTES: Readonly<Record<ArtifactKind, number>> = {
  factors_txt: 4 * 2 ** 20,
  ic_csv: 16 * 2 ** 20,
  info_pkl: 64 * 2 ** 20,
  model_pkl: MAX_MODEL_BYTES,
  model_json: MAX_MODEL_BYTES,
};

/** Reads the artifacts of a group (factor-models.md#6); what cannot be read becomes a warning. */
export function readGroup({ key, artifacts, warnings: listed }: ListedGroup, kept: KeptModels): ReadGroup {
  const failures: string[] = [];
  function attempt<T>(
    kind: ArtifactKind,
    read: (bytes: Uint8Array, what: string, file: ArtifactFile) => T,
  ): T | null {
    const file = artifacts[kind];
    if (file === undefined) return null;
    const what = basename(file.path);
    try {
      return read(readStable(file, what, MAX_BYTES[kind]), what, file);
    } catch (error) {
      failures.push(sentenceOf(error, what));
      return null;
    }
  }

  const list = attempt('factors_txt', readFactorList);
  const table = attempt('ic_csv', readIcTable);
  const info = attempt('info_pkl', readTrainingInfo);
  const model =
    artifacts.model_json === undefined
      ? attempt('model_pkl', (bytes, what, file) => convert(key, bytes, what, file, kept))
      : attempt('model_json', (bytes, what, file) => copy(key, bytes, what, file, kept));

  const factors = list ?? info?.selectedFactors ?? [];
  const icRows = table ?? info?.icRows ?? [];
  const underscore = key.indexOf('_');
  const warnings = [...listed, ...failures];
  if (factors.length === 0) warnings.push(`${key} has no factors: neither a list nor any in its info.`);
  if (artifacts.model_json === undefined && artifacts.model_pkl === undefined)
    warnings.push(`${key} has no model.`);
  const fits = model === null || factors.length === 0 || model.facts.featureDim === factors.length;
  if (!fits) {
    warnings.push(`${key} has ${factors.length} factors, but its model takes ${model.facts.featureDim}.`);
  }
  return {
    whole: failures.length === 0 && fits && factors.length > 0,
    group: {
      key,
      symbol: info?.symbol ?? icRows[0]?.symbol ?? (underscore < 0 ? key : key.slice(0, underscore)),
      returnName:
        info?.returnName ?? icRows[0]?.returnName ?? (underscore < 0 ? null : key.slice(underscore + 1)),
      factors,
      icRows,
      info,
      model,
      artifacts,
      warnings,
    },
  };
}

function sentenceOf(error: unknown, what: string): string {
  if (error instanceof PaperdeskError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  return `${what} cannot be read${code === undefined ? '' : ` (${code})`}.`;
}

/** @throws FACTOR_FILE_INVALID when it is too large, or is written while it is read */
function readStable(file: ArtifactFile, what: string, limit: number): Uint8Array {
  if (file.size === 0) throw new PaperdeskError('FILE_EMPTY', `${what} has 0 bytes.`);
  if (file.size > limit) {
    throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} has ${file.size} bytes; ${limit} are read.`);
  }
  const handle = openSync(file.path, 'r');
  try {
    const bytes = new Uint8Array(file.size);
    let done = 0;
    for (let read = -1; done < bytes.length && read !== 0; done += read) {
      read = readSync(handle, bytes, done, bytes.length - done, done);
    }
    const now = fstatSync(handle);
    if (done !== bytes.length || now.size !== file.size || now.mtimeMs !== file.modifiedAt) {
      throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} is being written.`);
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

function convert(
  key: string,
  bytes: Uint8Array,
  what: string,
  file: ArtifactFile,
  kept: KeptModels,
): ModelSource {
  const model = readPickledModel(bytes, what);
  const facts = factsOf(model.document, what);
  const { path, size, sha256 } = kept.keepModel(key, file, model.json());
  return { from: 'model_pkl', jsonPath: path, keptPath: path, size, sha256, facts };
}

/** JSON is used as it is; a copy is kept, so that the file may be rewritten while it is handed out. */
function copy(
  key: string,
  bytes: Uint8Array,
  what: string,
  file: ArtifactFile,
  kept: KeptModels,
): ModelSource {
  const facts = factsOf(parseModelJson(decodeText(bytes, what), what), what);
  const { path, size, sha256 } = kept.keepModel(key, file, bytes);
  return { from: 'model_json', jsonPath: file.path, keptPath: path, size, sha256, facts };
}

function factsOf(document: XgboostDocument, what: string): ModelFacts {
  const { features, objective, trees, parallelTrees, version, booster } = readXgboostModel(document, what);
  return { featureDim: features, objective, trees: trees.length, parallelTrees, version, booster };
}
