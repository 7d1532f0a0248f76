import { z } from 'zod';
import { ARTIFACT_KINDS } from '../../factor-models/factor-group.ts';

const MAX_NAME = 100;
const MAX_ROWS = 10_000;

/** A name stands in addresses. */
const modelName = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .regex(/^[^/\\\p{Cc}]*$/u, 'must have no slash and no control characters')
  .regex(/^(?!\.\.?$)/, 'must not be . or .., which mean something else in addresses');

export const registerBody = z.object({
  model_name: modelName,
  root_path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => !path.includes('\0'), { error: 'must have no NUL' })
    .describe('directory on the machine of this service'),
});

export const modelParams = z.object({ model_name: z.string().min(1).max(MAX_NAME) });
export const symbolParams = modelParams.extend({ symbol: z.string().min(1).max(100) });
export const groupQuery = z.object({ group_key: z.string().min(1).max(255).optional() });

const scanned = {
  symbol_count: z.int(),
  group_count: z.int(),
};
const time = z.string().describe('ISO 8601 with +00:00');
const warnings = z.array(z.string());

export const modelListAnswer = z.object({
  items: z.array(
    z.object({
      model_name: z.string(),
      root_path: z.string(),
      created_at: time,
      updated_at: time,
      ...scanned,
      scanned_at: time.nullable(),
      warnings,
      factor_count: z.int().describe('different factors of all groups'),
      watched: z.boolean().describe('whether changes of the directory are noticed by themselves'),
    }),
  ),
});

export type FactorModelListAnswer = z.infer<typeof modelListAnswer>;

export const refreshAnswer = z.object({
  model_name: z.string(),
  root_path: z.string(),
  scanned_at: time.nullable(),
  ...scanned,
  warnings,
});
export const registerAnswer = refreshAnswer.extend({ symbols: z.array(z.string()) });

export const factorsAnswer = z.object({
  model_name: z.string(),
  scanned_at: time.nullable(),
  ...scanned,
  factor_count: z.int(),
  factors: z.array(z.string()),
});

export const factorUsesAnswer = z.object({
  model_name: z.string(),
  scanned_at: time.nullable(),
  groups: z.array(
    z.object({ symbol: z.string(), group_key: z.string(), return_name: z.string().nullable() }),
  ),
  items: z.array(
    z.object({
      factor_name: z.string(),
      groups: z.array(z.int()).describe('places in `groups`'),
      kendall_taus: z.array(z.number().nullable()).describe('of each of these groups'),
    }),
  ),
});

export type FactorUsesAnswer = z.infer<typeof factorUsesAnswer>;

const change = z.enum(['added', 'removed', 'changed']);
const nameChanges = z.object({
  count: z.int(),
  names: z.array(z.string()).describe('the first 100 of them'),
});

export const changesAnswer = z.object({
  model_name: z.string(),
  scanned_at: time.nullable(),
  items: z
    .array(
      z.object({
        scanned_at: time,
        group_count: z.int(),
        groups: z
          .array(
            z.object({
              group_key: z.string(),
              symbol: z.string(),
              change,
              artifacts: z.array(
                z.object({
                  kind: z.enum(ARTIFACT_KINDS),
                  change,
                  path: z.string(),
                  size_bytes: z.int(),
                  modified_at: time,
                }),
              ),
              factors_added: nameChanges.describe('of a group that was there before and is there now'),
              factors_removed: nameChanges,
            }),
          )
          .describe('the first 200 of them'),
      }),
    )
    .describe('scans that found changes since the service started, newest first, at most 20'),
});

export type FactorChangesAnswer = z.infer<typeof changesAnswer>;

const groupSummary = {
  symbol: z.string(),
  group_key: z.string(),
  return_name: z.string().nullable(),
  feature_dim: z.int(),
  factor_count: z.int(),
  grpc_ready: z.boolean().describe('whether the payload can be handed out'),
};
const trainDates = {
  train_start_date: z.string().nullable(),
  train_end_date: z.string().nullable(),
};

export const symbolsAnswer = z.object({
  items: z.array(z.object({ ...groupSummary, ...trainDates, warnings })),
});

export type SymbolsAnswer = z.infer<typeof symbolsAnswer>;

const training = {
  train_window_start_ts: z.number().nullable(),
  train_window_end_ts: z.number().nullable(),
  ...trainDates,
  train_samples: z.number().nullable(),
};

const dimFactor = z.object({
  dim: z.int(),
  factor_name: z.string(),
  kendall_tau: z.number().nullable(),
});

const infoSummary = z.object({
  symbol: z.string().nullable(),
  return_name: z.string().nullable(),
  ...training,
  original_factors_count: z.number().nullable(),
  ic_filtered_count: z.number().nullable(),
  final_factors_count: z.number().nullable(),
  selected_factors_count: z.int(),
  train_time_sec: z.number().nullable(),
  config: z.unknown(),
  feature_importance: z.unknown(),
});

const modelFacts = z.object({
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
  train_time_sec: z.number().nullable(),
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
    .describe('of `_model.json`; {} where only a pickle is there'),
  pickle_meta: modelFacts.nullable().describe('the same of the pickle, where the model comes from one'),
  booster: z.string().nullable(),
  artifacts: z.record(z.string(), z.object({ path: z.string(), size_bytes: z.int(), modified_at: time })),
  warnings,
});

export type SymbolDetailAnswer = z.infer<typeof symbolDetailAnswer>;

export const payloadAnswer = z.object({
  ok: z.literal(true),
  message: z.literal('ok'),
  payload: z.object({
    model_json: z.string().describe("XGBoost's own JSON"),
    metadata: z.object({
      model_name: z.string(),
      symbol: z.string(),
      return_name: z.string().nullable(),
      feature_dim: z.int(),
      ...training,
      train_time_sec: z.number().nullable(),
      model_json_path: z.string(),
      source_root_path: z.string(),
      scanned_at: time.nullable(),
    }),
    dim_factors: z.array(dimFactor),
  }),
});

const cell = z.number().nullable().describe('null is missing');

export const predictBody = z.object({
  rows: z
    .array(z.union([z.array(cell), z.record(z.string(), cell)]))
    .min(1)
    .max(MAX_ROWS)
    .describe('values by dim, or by the name of the factor; factors that are not named are missing'),
  output_margin: z.boolean().default(false).describe("without the objective's transform"),
});

export type PredictRow = z.infer<typeof predictBody>['rows'][number];

export const predictAnswer = z.object({
  model_name: z.string(),
  symbol: z.string(),
  group_key: z.string(),
  objective: z.string(),
  feature_dim: z.int(),
  scanned_at: time.nullable(),
  predictions: z
    .array(z.union([z.number(), z.array(z.number().nullable()), z.null()]))
    .describe('per row a number, or a list where the model has several outputs; null is not finite'),
});

export type PredictAnswer = z.infer<typeof predictAnswer>;
