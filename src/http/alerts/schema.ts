import { z } from 'zod';
import { time } from '../shared/fields.ts';
import { pageOf } from '../shared/paging.ts';

export const alerts = pageOf(
  z.object({
    id: z.string(),
    kind: z.enum([
      'ACCOUNT_KILLED',
      'MARKET_STALE',
      'MARKET_RECOVERED',
      'WARMUP_ERROR',
      'WARMUP_RECOVERED',
      'LOOP_SILENT',
      'LOOP_RECOVERED',
      'FEATURE_DRIFT',
      'FEATURE_RECOVERED',
      'DISK_LOW',
      'DISK_RECOVERED',
    ]),
    subject: z.string().describe('what the alert is about, for example market:BTCUSDT'),
    text: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    created_at: time,
    delivery: z.object({
      state: z
        .enum(['delivered', 'pending', 'given up', 'off'])
        .describe('off: no webhook was set when the alert was created'),
      attempts: z.int(),
      next_attempt_at: time.nullable(),
      delivered_at: time.nullable(),
      last_status: z.int().nullable().describe('last HTTP status of the receiver'),
      last_error: z.string().nullable(),
    }),
  }),
).meta({ id: 'Alerts' });

export type AlertsAnswer = z.infer<typeof alerts>;
