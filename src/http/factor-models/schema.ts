import { z } from 'zod';
import { ARTIFACT_KINDS } from '../../factor-models/factor-group.ts';
import { refuseHidden } from '../shared/fields.ts';
import { MAX_NAME_LENGTH, time, warnings } from './fields.ts';

/** Becomes part of URLs. */
const modelName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[^/\\\p{Cc}]*$/u, 'must have no slash and no control characters')
  .regex(/^(?!\.\.?$)/, 'must not be . or .., which have a meaning of their own in URLs')
  .superRefine(refuseHidden);

export const registerBody = z.object({
  model_name: modelName,
  root_path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => !path.includes('\0'), { error: 'must have no NUL' })
    .describe('directory on the machine of this service'),
});

const counts = {
  symbol_count: z.int(),
  group_count: z.int(),
};

export const scanAnswer = z.object({
  model_name: z.string(),
  root_path: z.string(),
  scanned_at: time.nullable(),
  ...counts,
  warnings,
});

const nodes = z
  .array(z.string())
  .optional()
  .describe('only with several nodes: names of those that have read the directory');

export const registerAnswer = scanAnswer.extend({ symbols: z.array(z.string()), nodes });

export const modelListAnswer = z.object({
  items: z.array(
    scanAnswer.extend({
      created_at: time,
      updated_at: time,
      factor_count: z.int().describe('different factors of all groups'),
      watched: z.boolean().describe('whether changes of the directory start a scan'),
      nodes,
    }),
  ),
});

export const factorsAnswer = z.object({
  model_name: z.string(),
  scanned_at: time.nullable(),
  ...counts,
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
      groups: z.array(z.int()).describe('indices into `groups`'),
      kendall_taus: z.array(z.number().nullable()).describe('one for each of these groups'),
    }),
  ),
});

const change = z.enum(['added', 'removed', 'changed']);
const nameChanges = z.object({
  count: z.int(),
  names: z.array(z.string()).describe('the first 100'),
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
              factors_added: nameChanges.describe('only of groups that existed before and still exist'),
              factors_removed: nameChanges,
            }),
          )
          .describe('the first 200'),
      }),
    )
    .describe('scans that found changes since the service started, newest first, at most 20'),
});

export type ScanAnswer = z.infer<typeof scanAnswer>;
export type FactorModelListAnswer = z.infer<typeof modelListAnswer>;
export type FactorUsesAnswer = z.infer<typeof factorUsesAnswer>;
export type FactorChangesAnswer = z.infer<typeof changesAnswer>;
