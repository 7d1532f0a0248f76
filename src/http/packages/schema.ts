import { z } from 'zod';
import { LABEL_LIMITS } from '../../packages/label-text.ts';
import { PROOF_QUANTITIES } from '../../pipeline/proof-result.ts';
import { symbolTrades, time, warmUpStatus } from '../shared/fields.ts';
import { autoTrading } from '../shared/trading.ts';

export const removalQuery = z.object({
  remove_aliases: z.enum(['true', 'false']).default('false').describe('whether its aliases go with it'),
});

export const packageId = z.string().min(1).max(64);
export const packageParams = z.object({ id: packageId });

export const packageChange = z
  .strictObject({
    weights: z
      .enum(['default', 'float32', 'int8'])
      .describe(
        '`int8` is used only if a trial finds its forecasts close enough; `default` means the setting MODEL_WEIGHTS',
      ),
    auto_trade: z.boolean().describe('whether the service itself decides on every candle'),
    name: z.string().max(LABEL_LIMITS.name).describe('the id stays as it is'),
    notes: z.string().max(LABEL_LIMITS.notes).nullable(),
    tags: z.array(z.string().max(LABEL_LIMITS.tag)).max(LABEL_LIMITS.tags).describe('all of its tags'),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, { error: 'must have at least one field' });

/** statistics.md#82 */
export const driftState = z.enum(['BROKEN', 'DRIFT']);

/** http.md#10 */
export const modelPackage = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(['UPLOADED', 'READY', 'ARCHIVED']),
    created_at: time,
    forecast_rel_path: z.string(),
    ppo_rel_path: z.string(),
    warmup_required: z.boolean(),
    warmup_status: warmUpStatus,
    warmup_completed_at: time.nullable(),
    warmup_error: z.string().nullable(),
    paper_account_id: z.string(),
    notes: z.string().nullable(),
    tags: z.array(z.string()),
    aliases: z.array(z.string()).describe('names that mean this package now'),
    manifest: z
      .record(z.string(), z.unknown())
      .describe('What the package declares, completed from its files and the defaults: its pipeline'),
    symbol_trades: symbolTrades,
    warnings: z.array(z.string()).describe('What its owner should know, as sentences'),
    proof: z
      .object({
        cases: z.int(),
        largest_differences: z.partialRecord(z.enum(PROOF_QUANTITIES), z.number()),
      })
      .nullable()
      .describe('How the service agreed with the proof that came with the package'),
    weights: z
      .object({
        wanted: z.enum(['default', 'float32', 'int8']),
        used: z.enum(['float32', 'int8']),
        trial: z
          .object({
            reason: z.string().nullable(),
            windows: z.int(),
            error: z.number().nullable(),
            largest_error: z.number().nullable(),
            float32_ms: z.number().nullable(),
            int8_ms: z.number().nullable(),
          })
          .nullable(),
      })
      .describe(
        'The form of the weights, and the trial of 8-bit weights if they were wanted. Errors are shares of the mean ' +
          'width of the forecast band: `error` is the mean of the worst window, `largest_error` that of the worst number.',
      ),
    hash: z.string().describe('SHA-256 of the SHA-256s of its files, in order and without the proof'),
    short_hash: z.string().describe('the first 8 characters of `hash`, to tell packages of one name apart'),
    version_of: z.string().nullable().describe('the first of its versions; null for the first itself'),
    version: z.int().describe('its place among the versions, from 1'),
    same_files_as: z.string().nullable().describe('the oldest package with the same files'),
    files: z.array(z.object({ name: z.string(), size: z.int(), sha256: z.string() })),
    auto_trade: z.boolean().describe('whether the service itself decides on every candle'),
    auto_trading: autoTrading,
    drift: z
      .object({ state: driftState, features: z.array(z.string()) })
      .nullable()
      .describe('Features outside the range that it was trained on; null while there are none'),
  })
  .meta({ id: 'ModelPackage', description: 'A forecaster and a policy that belong together' });

export type ModelPackageAnswer = z.infer<typeof modelPackage>;
