import {
  ARTIFACT_KINDS,
  dimFactorsOf,
  type FactorGroup,
  featureDimOf,
  isPayloadReady,
  type ModelFacts,
  type TrainingInfo,
} from '../../../factor-models/factor-group.ts';
import type { FactorSnapshot } from '../../../factor-models/factor-snapshot.ts';
import { snakeKeys } from '../../../runtime/key-case.ts';
import { answerOfFile, originOf, useOfModel } from '../answer.ts';
import type { SymbolDetailAnswer } from './schema.ts';

/** A group in a list. */
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
    warnings: [...group.warnings],
  };
}

/** A group with everything that is known about it. */
export function answerOfGroup(snapshot: FactorSnapshot, group: FactorGroup): SymbolDetailAnswer {
  const { model, info } = group;
  return {
    ...originOf(snapshot),
    root_path: snapshot.rootPath,
    ...summaryOf(group),
    ...trainingOf(info),
    factors: [...group.factors],
    dim_factors: dimFactorsOf(group),
    ic_rows: group.icRows.map((row) => ({
      ...snakeKeys(row),
      Kendall_tau: row.kendallTau,
    })),
    info_summary: info === null ? {} : infoSummaryOf(info),
    model_meta: model !== null && model.from !== 'model_pkl' ? factsOf(model.facts) : {},
    pickle_meta: model?.from === 'model_pkl' ? factsOf(model.facts) : null,
    booster: model?.facts.booster ?? null,
    trees: model?.facts.trees ?? null,
    trees_used: model?.facts.treesUsed ?? null,
    best_iteration: model?.facts.bestIteration ?? null,
    saved_by: model?.facts.savedBy ?? null,
    artifacts: artifactsOf(group),
  };
}

export function trainingOf(info: TrainingInfo | null) {
  return {
    train_window_start_ts: info?.trainWindowStart ?? null,
    train_window_end_ts: info?.trainWindowEnd ?? null,
    train_start_date: info?.trainStartDate ?? null,
    train_end_date: info?.trainEndDate ?? null,
    train_samples: info?.trainSamples ?? null,
    train_time_sec: info?.trainSeconds ?? null,
  };
}

function infoSummaryOf(info: TrainingInfo) {
  return {
    ...snakeKeys(info),
    ...trainingOf(info),
    selected_factors_count: info.selectedFactors.length,
  };
}

function factsOf(facts: ModelFacts) {
  return {
    feature_dim: facts.featureDim,
    objective: facts.objective,
    num_trees: facts.trees,
    num_parallel_tree: facts.parallelTrees,
    version: [...facts.version],
    ...useOfModel(facts),
    missing: facts.missing,
    feature_names: [...facts.featureNames],
  };
}

function artifactsOf({ artifacts }: FactorGroup): SymbolDetailAnswer['artifacts'] {
  return Object.fromEntries(
    ARTIFACT_KINDS.flatMap((kind) => {
      const file = artifacts[kind];
      return file === undefined ? [] : [[kind, answerOfFile(file)]];
    }),
  );
}
