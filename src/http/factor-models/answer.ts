import type { ArtifactFile, ModelFacts } from '../../factor-models/factor-group.ts';
import type { FactorModels, RegisteredModel } from '../../factor-models/factor-models.ts';
import { type FactorSnapshot, unionOfFactors, usesOfFactors } from '../../factor-models/factor-snapshot.ts';
import type { ScanRecord } from '../../factor-models/scanned-directory.ts';
import { isoTimeWithOffset } from '../../runtime/iso-time.ts';
import type { FactorChangesAnswer, FactorModelListAnswer, FactorUsesAnswer, ScanAnswer } from './schema.ts';

/** Fields of most answers about a snapshot. */
export function originOf({ modelName, scannedAt }: FactorSnapshot) {
  return { model_name: modelName, scanned_at: scannedAt === null ? null : isoTimeWithOffset(scannedAt) };
}

export function answerOfScan(snapshot: FactorSnapshot): ScanAnswer {
  return {
    ...originOf(snapshot),
    root_path: snapshot.rootPath,
    ...countsOf(snapshot),
    warnings: [...snapshot.warnings],
  };
}

function countsOf({ symbols, groups }: FactorSnapshot) {
  return { symbol_count: symbols.length, group_count: groups.length };
}

type NodesByModel = Awaited<ReturnType<FactorModels['nodes']>>;

/** The field `nodes`, which answers have only with several nodes. */
export function nodesOf(nodes: NodesByModel, modelName: string): { nodes?: string[] } {
  return nodes === undefined ? {} : { nodes: [...(nodes.get(modelName) ?? [])] };
}

export function answerOfModel(
  model: RegisteredModel,
  nodes: NodesByModel,
): FactorModelListAnswer['items'][number] {
  return {
    ...answerOfScan(model.snapshot),
    created_at: isoTimeWithOffset(model.createdAt),
    updated_at: isoTimeWithOffset(model.updatedAt),
    factor_count: unionOfFactors(model.snapshot).length,
    watched: model.isWatched,
    ...nodesOf(nodes, model.snapshot.modelName),
  };
}

export function answerOfFactors(snapshot: FactorSnapshot) {
  const factors = unionOfFactors(snapshot);
  return {
    ...originOf(snapshot),
    ...countsOf(snapshot),
    factor_count: factors.length,
    factors: [...factors],
  };
}

/** The groups that use each factor. */
export function answerOfUses(snapshot: FactorSnapshot): FactorUsesAnswer {
  return {
    ...originOf(snapshot),
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

export function answerOfChanges(
  snapshot: FactorSnapshot,
  records: readonly ScanRecord[],
): FactorChangesAnswer {
  return {
    ...originOf(snapshot),
    items: records.map(({ scannedAt, count, groups }) => ({
      scanned_at: isoTimeWithOffset(scannedAt),
      group_count: count,
      groups: groups.map(({ key, artifacts, factorsAdded, factorsRemoved, ...group }) => ({
        ...group,
        group_key: key,
        artifacts: artifacts.map(({ file, ...artifact }) => ({ ...artifact, ...answerOfFile(file) })),
        factors_added: { count: factorsAdded.count, names: [...factorsAdded.names] },
        factors_removed: { count: factorsRemoved.count, names: [...factorsRemoved.names] },
      })),
    })),
  };
}

/** What a prediction uses of a model, unless the request names other iterations. */
export function useOfModel(facts: ModelFacts) {
  return {
    trees: facts.trees,
    trees_used: facts.treesUsed,
    iterations: facts.iterations,
    best_iteration: facts.bestIteration,
    saved_by: facts.savedBy,
  };
}

export function answerOfFile({ path, size, modifiedAt }: ArtifactFile) {
  return { path, size_bytes: size, modified_at: isoTimeWithOffset(modifiedAt) };
}
