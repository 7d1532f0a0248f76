import { z } from 'zod';
import { dimFactor, modelUse, time, trainDates, training, warnings } from '../fields.ts';

export const groupQuery = z.object({ group_key: z.string().min(1).max(255).optional() });

const groupSummary = {
  symbol: z.string(),
  group_key: z.string(),
  return_name: z.string().nullable(),
  feature_dim: z.int(),
  factor_count: z.int(),
  grpc_ready: z.boolean().describe('whether the payload is available'),
};

export const symbolsAnswer = z.object({
  items: z.array(z.object({ ...groupSummary, ...trainDates, warnings })),
});

const infoSummary = z.object({
  symbol: z.string().nullable(),
  return_name: z.string().nullable(),
  ...training,
  original_factors_count: z.number().nullable(),
  ic_filtered_count: z.number().nullable(),
  final_factors_count: z.number().nullable(),
  selected_factors_count: z.int(),
  config: z.unknown(),
  feature_importance: z.unknown(),
});

const modelFacts = z.object({
  ...modelUse,
  missing: z.number().nullable().describe('a value that, like null, means that a value is missing'),
  feature_names: z.array(z.string()).describe("the model's own names of its inputs; empty where it has none"),
  feature_dim: z.int(),
  objective: z.string(),
  num_trees: z.int(),
  num_parallel_tree: z.int(),
  version: z.array(z.int()),
});

export const symbolDetailAnswer = z.object({
  model_name: z.string(),
  root_path: z.string(),
  scanned_at: time.nullable(),
  ...groupSummary,
  ...training,
  factors: z.array(z.string()),
  dim_factors: z.array(dimFactor),
  ic_rows: z.array(
    z.object({
      symbol: z.string().nullable(),
      factor_name: z.string(),
      return_name: z.string().nullable(),
      Kendall_tau: z.number().nullable(),
    }),
  ),
  info_summary: z.union([infoSummary, z.object({})]),
  model_meta: z
    .union([modelFacts, z.object({})])
    .describe('of `_model.json` or `_model.ubj`; {} without these files'),
  pickle_meta: modelFacts.nullable().describe('of `_model.pkl`; null if the model is read from another file'),
  booster: z.string().nullable(),
  trees: modelUse.trees.nullable(),
  trees_used: modelUse.trees_used.nullable(),
  best_iteration: modelUse.best_iteration,
  saved_by: modelUse.saved_by.nullable(),
  artifacts: z.record(z.string(), z.object({ path: z.string(), size_bytes: z.int(), modified_at: time })),
  warnings,
});

export type SymbolsAnswer = z.infer<typeof symbolsAnswer>;
export type SymbolDetailAnswer = z.infer<typeof symbolDetailAnswer>;
