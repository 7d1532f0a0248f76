import { basename } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { MAX_MODEL_BYTES } from '../formats/xgboost/booster-pickle.ts';
import { readModelFile } from '../formats/xgboost/model-file.ts';
import {
  type ArtifactFile,
  type ArtifactKind,
  type CachedModel,
  type FactorGroup,
  MODEL_KINDS,
} from './factor-group.ts';
import type { GroupCache } from './group-cache.ts';
import { namesWarning } from './input-names.ts';
import type { ListedGroup } from './list-artifacts.ts';
import { modelFacts, requirePlausible } from './model-facts.ts';
import { readArtifact } from './read-artifact.ts';
import { readFactorList, readIcTable } from './text-artifacts.ts';
import { readTrainingInfo } from './training-info.ts';

export interface GroupReading {
  readonly group: FactorGroup;
  /** Whether every artifact could be read and the artifacts fit each other. */
  readonly isComplete: boolean;
}

/** In bytes (factor-models.md#4). */
const MAX_BYTES: Readonly<Record<ArtifactKind, number>> = {
  factors_txt: 4 * 2 ** 20,
  ic_csv: 16 * 2 ** 20,
  info_pkl: 64 * 2 ** 20,
  model_pkl: MAX_MODEL_BYTES,
  model_json: MAX_MODEL_BYTES,
  model_ubj: MAX_MODEL_BYTES,
};

/**
 * Reads the artifacts of a group and caches its model as JSON. A broken artifact becomes a warning
 * (factor-models.md#5); the sources of each field are those of factor-models.md#6.
 * @param folders see `readArtifact`
 */
export function readGroup(
  { key, artifacts, warnings: listed }: ListedGroup,
  cache: GroupCache,
  folders: readonly string[],
): GroupReading {
  const failures: string[] = [];
  function tryRead<T>(
    kind: ArtifactKind,
    read: (bytes: Uint8Array, name: string, file: ArtifactFile) => T,
  ): T | null {
    const file = artifacts[kind];
    if (file === undefined) return null;
    const name = basename(file.path);
    try {
      return read(readArtifact(file, name, MAX_BYTES[kind], folders), name, file);
    } catch (error) {
      failures.push(sentenceOf(error, name));
      return null;
    }
  }

  const list = tryRead('factors_txt', readFactorList);
  const table = tryRead('ic_csv', readIcTable);
  const info = tryRead('info_pkl', readTrainingInfo);
  const from = MODEL_KINDS.find((kind) => artifacts[kind] !== undefined);
  const model =
    from === undefined
      ? null
      : tryRead(from, (bytes, name, file): CachedModel => {
          const read = readModelFile(bytes, name);
          const facts = modelFacts(read, name);
          const json = read.json();
          requirePlausible(facts, json.length, name);
          const saved = cache.saveModel(key, file, json);
          const isConverted = json !== bytes;
          return { ...saved, from, jsonPath: isConverted ? saved.cachedPath : file.path, facts };
        });

  const factors = list ?? info?.selectedFactors ?? [];
  const icRows = table ?? info?.icRows ?? [];
  const warnings = [...listed, ...failures];
  if (factors.length === 0) warnings.push(`${key} has no factors: neither a list nor any in its info.`);
  if (from === undefined) warnings.push(`${key} has no model.`);
  const fits = model === null || factors.length === 0 || model.facts.featureDim === factors.length;
  if (!fits) {
    warnings.push(`${key} has ${factors.length} factors, but its model takes ${model.facts.featureDim}.`);
  }
  const contradiction = model === null ? undefined : namesWarning(key, factors, model.facts);
  if (contradiction !== undefined) warnings.push(contradiction);
  const [symbolOfKey, returnOfKey] = splitKey(key);
  return {
    isComplete: failures.length === 0 && fits && factors.length > 0,
    group: {
      key,
      symbol: info?.symbol ?? icRows[0]?.symbol ?? symbolOfKey,
      returnName: info?.returnName ?? icRows[0]?.returnName ?? returnOfKey,
      factors,
      icRows,
      info,
      model,
      artifacts,
      warnings,
    },
  };
}

/** `SOLUSDT_mid_chg_1m` is SOLUSDT, mid_chg_1m. */
function splitKey(key: string): [symbol: string, returnName: string | null] {
  const end = key.indexOf('_');
  return end < 0 ? [key, null] : [key.slice(0, end), key.slice(end + 1)];
}

function sentenceOf(error: unknown, name: string): string {
  if (error instanceof PaperdeskError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  return `${name} cannot be read${code === undefined ? '' : ` (${code})`}.`;
}
