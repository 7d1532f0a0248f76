import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  ARTIFACT_KINDS,
  type ArtifactFile,
  dimFactorsOf,
  type FactorGroup,
  featureDimOf,
  isPayloadReady,
  type ModelFacts,
  type TrainingInfo,
} from '../../factor-models/factor-group.ts';
import type { RegisteredModel } from '../../factor-models/factor-models.ts';
import { type FactorSnapshot, unionOfFactors, usesOfFactors } from '../../factor-models/factor-snapshot.ts';
import type { ScanRecord } from '../../factor-models/scanned-directory.ts';
import { isoTimeWithOffset } from '../shared/time-schema.ts';
import type {
  changesAnswer,
  factorUsesAnswer,
  modelListAnswer,
  payloadAnswer,
  refreshAnswer,
  symbolDetailAnswer,
} from './schema.ts';

export function scanTime({ scannedAt }: FactorSnapshot): string | null {
  return scannedAt === null ? null : isoTimeWithOffset(scannedAt);
}

/** The numbers that many answers begin with. */
export function countsOf({ symbols, groups }: FactorSnapshot) {
  return { symbol_count: symbols.length, group_count: groups.length };
}

export function answerOfModel({
  snapshot,
  createdAt,
  updatedAt,
  isWatched,
}: RegisteredModel): z.infer<typeof modelListAnswer>['items'][number] {
  return {
    ...answerOfScan(snapshot),
    created_at: isoTimeWithOffset(createdAt),
    updated_at: isoTimeWithOffset(updatedAt),
    factor_count: unionOfFactors(snapshot).length,
    watched: isWatched,
  };
}

export function answerOfScan(snapshot: FactorSnapshot): z.infer<typeof refreshAnswer> {
  return {
    model_name: snapshot.modelName,
    root_path: snapshot.rootPath,
    scanned_at: scanTime(snapshot),
    ...countsOf(snapshot),
    warnings: [...snapshot.warnings],
  };
}

/** In which groups each factor is used. */
export function answerOfUses(snapshot: FactorSnapshot): z.infer<typeof factorUsesAnswer> {
  return {
    model_name: snapshot.modelName,
    scanned_at: scanTime(snapshot),
    groups: snapshot.groups.map(({ symbol, key, returnName }) => ({
      symbol,
      group_key: key,
      return_name: returnName,
    })),
    items: usesOfFactors(snapshot).map(({ factor, groups, kendallTaus }) => ({
      factor_name: factor,
      groups: [...groups],
      kendall_taus: [...kendallTaus],
    })),
  };
}

/** What scans found to be different. */
export function answerOfChanges(
  snapshot: FactorSnapshot,
  records: readonly ScanRecord[],
): z.infer<typeof changesAnswer> {
  return {
    model_name: snapshot.modelName,
    scanned_at: scanTime(snapshot),
    items: records.map(({ scannedAt, count, groups }) => ({
      scanned_at: isoTimeWithOffset(scannedAt),
      group_count: count,
      groups: groups.map(({ key, symbol, change, artifacts, factorsAdded, factorsRemoved }) => ({
        group_key: key,
        symbol,
        change,
        artifacts: artifacts.map(({ kind, change: fileChange, file }) => ({
          kind,
          change: fileChange,
          ...fileOf(file),
        })),
        factors_added: { count: factorsAdded.count, names: [...factorsAdded.names] },
        factors_removed: { count: factorsRemoved.count, names: [...factorsRemoved.names] },
      })),
    })),
  };
}

/** A group in a list of symbols. */
export function summaryOf(group: FactorGroup) {
  const { symbol, key, returnName, factors, info } = group;
  return {
    symbol,
    group_key: key,
    return_name: returnName,
    feature_dim: featureDimOf(group),
    factor_count: factors.length,
    grpc_ready: isPayloadReady(group),
    train_start_date: info?.trainStartDate ?? null,
    train_end_date: info?.trainEndDate ?? null,
  };
}

export function answerOfGroup(
  snapshot: FactorSnapshot,
  group: FactorGroup,
): z.infer<typeof symbolDetailAnswer> {
  const { model, info } = group;
  return {
    model_name: snapshot.modelName,
    root_path: snapshot.rootPath,
    scanned_at: scanTime(snapshot),
    ...summaryOf(group),
    ...trainingOf(info),
    train_time_sec: info?.trainSeconds ?? null,
    factors: [...group.factors],
    dim_factors: dimFactorsOf(group),
    ic_rows: group.icRows.map((row) => ({
      symbol: row.symbol,
      factor_name: row.factorName,
      return_name: row.returnName,
      Kendall_tau: row.kendallTau,
    })),
    info_summary: info === null ? {} : infoSummaryOf(info),
    model_meta: model?.from === 'model_json' ? factsOf(model.facts) : {},
    pickle_meta: model?.from === 'model_pkl' ? factsOf(model.facts) : null,
    booster: model?.facts.booster ?? null,
    artifacts: artifactsOf(group),
    warnings: [...group.warnings],
  };
}

function trainingOf(info: TrainingInfo | null) {
  return {
    train_window_start_ts: info?.trainWindowStart ?? null,
    train_window_end_ts: info?.trainWindowEnd ?? null,
    train_start_date: info?.trainStartDate ?? null,
    train_end_date: info?.trainEndDate ?? null,
    train_samples: info?.trainSamples ?? null,
  };
}

function infoSummaryOf(info: TrainingInfo) {
  return {
    symbol: info.symbol,
    return_name: info.returnName,
    ...trainingOf(info),
    original_factors_count: info.originalFactorsCount,
    ic_filtered_count: info.icFilteredCount,
    final_factors_count: info.finalFactorsCount,
    selected_factors_count: info.selectedFactors.length,
    train_time_sec: info.trainSeconds,
    config: info.config,
    feature_importance: info.featureImportance,
  };
}

function factsOf({ featureDim, objective, trees, parallelTrees, version }: ModelFacts) {
  return {
    feature_dim: featureDim,
    objective,
    num_trees: trees,
    num_parallel_tree: parallelTrees,
    version: [...version],
  };
}

function artifactsOf({ artifacts }: FactorGroup) {
  const answer: z.infer<typeof symbolDetailAnswer>['artifacts'] = {};
  for (const kind of ARTIFACT_KINDS) {
    const file = artifacts[kind];
    if (file === undefined) continue;
    answer[kind] = fileOf(file);
  }
  return answer;
}

function fileOf({ path, size, modifiedAt }: ArtifactFile) {
  return { path, size_bytes: size, modified_at: isoTimeWithOffset(modifiedAt) };
}

type Payload = z.infer<typeof payloadAnswer>['payload'];

/** What the payload of a group says beside the model itself. */
export function payloadParts(snapshot: FactorSnapshot, group: FactorGroup): Omit<Payload, 'model_json'> {
  return {
    metadata: {
      model_name: snapshot.modelName,
      symbol: group.symbol,
      return_name: group.returnName,
      feature_dim: featureDimOf(group),
      ...trainingOf(group.info),
      train_time_sec: group.info?.trainSeconds ?? null,
      model_json_path: group.model?.jsonPath ?? '',
      source_root_path: snapshot.rootPath,
      scanned_at: scanTime(snapshot),
    },
    dim_factors: dimFactorsOf(group),
  };
}

/** The payload as `payloadAnswer` describes it, around a model that already is a JSON string in UTF-8. */
export function payloadBody(
  { metadata, dim_factors }: Omit<Payload, 'model_json'>,
  model: Uint8Array,
): Buffer {
  return Buffer.concat([
    Buffer.from('{"ok":true,"message":"ok","payload":{"model_json":'),
    model,
    Buffer.from(`,"metadata":${JSON.stringify(metadata)},"dim_factors":${JSON.stringify(dim_factors)}}}`),
  ]);
}

/** Weak, since the same payload goes out in several encodings, and a scan that found nothing new keeps it. */
export function payloadTag(
  { metadata, dim_factors }: Omit<Payload, 'model_json'>,
  group: FactorGroup,
): string {
  const { scanned_at: _, ...stable } = metadata;
  const hash = createHash('sha256').update(JSON.stringify([stable, dim_factors, group.model?.sha256]));
  return `W/"${hash.digest('base64url').slice(0, 27)}"`;
}

/** RFC 9110, 13.1.2: whether one of the tags that the client has is this one, weak or strong. */
export function isKnownTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return ifNoneMatch?.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(tag)) ?? false;
}
