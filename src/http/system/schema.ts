import { z } from 'zod';

const time = z.iso.datetime();
const bytes = z.int().describe('bytes');

const part = z.object({ ready: z.boolean(), detail: z.string().describe('in words') });

export const systemAnswer = z
  .object({
    version: z.string(),
    node: z.string(),
    market_source: z.string(),
    started_at: time,
    uptime_seconds: z.number(),
    upload_max_bytes: bytes.describe('largest file of an upload'),
    default_package_id: z.string(),
    parts: z.object({ database: part, default_package: part, market: part, inference: part }),
    memory: z.object({
      resident_bytes: bytes.describe('of the process that answers, without the inference process'),
      heap_bytes: bytes.describe('what its JavaScript uses of that'),
    }),
    inference: z.object({
      state: z
        .enum(['idle', 'running', 'resting', 'closed'])
        .describe('idle: not started, nothing to compute'),
      pid: z.int().nullable(),
      deaths: z.int(),
      pending: z.int().describe('calls that wait or are computed'),
      memory_budget_bytes: bytes,
      models: z
        .array(
          z.object({
            id: z.string(),
            private_bytes: bytes.describe('estimated memory of its own, which the budget is for'),
            mapped_bytes: bytes.describe('of its file, which the system can drop and read again'),
            load_ms: z.number(),
          }),
        )
        .describe('those that are loaded, the most recently used first'),
    }),
    accounts: z.array(
      z.object({
        model_id: z.string(),
        model_package_id: z.string().nullable(),
        symbol: z.string(),
        status: z.enum(['ACTIVE', 'PAUSED', 'KILLED']),
        open_positions_count: z.int(),
        last_poll_at: time.nullable().describe('null: nobody ever polled it'),
        poll_interval_seconds: z.number().nullable().describe('usual time between polls of late'),
        loop: z
          .enum(['none', 'polling', 'silent'])
          .describe('silent: it was polled regularly and is not any more, so nothing is decided'),
      }),
    ),
  })
  .meta({ id: 'System' });

export const recentErrorsAnswer = z
  .object({
    items: z
      .array(
        z.object({
          first_at: time,
          last_at: time,
          times: z.int(),
          level: z.enum(['warn', 'error']).describe('warn: refused, or went on by itself'),
          where: z.string().describe('a route, or what it was about'),
          code: z.string().nullable(),
          text: z.string(),
          request_id: z.string().nullable().describe('of the last one, as the log names it'),
        }),
      )
      .describe('newest first, at most 100 different ones since the start'),
  })
  .meta({ id: 'RecentErrors' });

export type SystemAnswer = z.infer<typeof systemAnswer>;
export type RecentErrorsAnswer = z.infer<typeof recentErrorsAnswer>;
