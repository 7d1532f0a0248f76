import { z } from 'zod';
import { time } from '../shared/fields.ts';

export const recentErrors = z
  .object({
    items: z
      .array(
        z.object({
          first_at: time,
          last_at: time,
          times: z.int(),
          level: z
            .enum(['warn', 'error'])
            .describe('warn: a request was refused, or the service recovered by itself'),
          where: z.string().describe('a route, or the subject of the error'),
          code: z.string().nullable(),
          text: z.string(),
          request_id: z.string().nullable().describe('of the last occurrence, as in the log'),
        }),
      )
      .describe('newest first; the last 100 different errors since the start'),
  })
  .meta({ id: 'RecentErrors' });

export type RecentErrorsAnswer = z.infer<typeof recentErrors>;
