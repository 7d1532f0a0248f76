import { z } from 'zod';
import { refuseHidden } from '../shared/fields.ts';

export const statusAnswer = z.object({ initialized: z.boolean().describe('whether a password is set') });

export const passwordBody = z.object({
  password: z
    .string()
    .min(1)
    .max(1024)
    .refine((password) => !password.includes('\0'), { error: 'must have no NUL' }),
});

export const messageAnswer = z.object({ message: z.string() });

export const loginAnswer = z.object({
  token: z.string().describe('for `Authorization: Bearer`; shown only once'),
  permission: z.literal('readonly'),
  expires_at: z.int().describe('seconds since the epoch'),
});

export const meAnswer = z.object({
  permission: z.literal('readonly'),
  expires_at: z.string().nullable().describe('seconds since the epoch; null for a service token'),
});

export const sessionsEndedAnswer = z.object({ message: z.string(), ended: z.int() });

export const tokenParams = z.object({ id: z.string().min(1).max(64) });

export const newServiceToken = z.strictObject({
  name: z.string().trim().min(1).max(100).superRefine(refuseHidden),
  expires_in_days: z
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .default(null)
    .describe('null: valid until it is revoked'),
});

const serviceToken = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  last_used_at: z.string().nullable().describe('accurate to a minute; null if it was never used'),
  expires_at: z.string().nullable().describe('null: valid until it is revoked'),
});

export const serviceTokensAnswer = z.object({ items: z.array(serviceToken).describe('newest first') });

export const newServiceTokenAnswer = serviceToken.extend({
  token: z.string().describe('for `Authorization: Bearer` and `PAPERDESK_TOKEN`; shown only once'),
});

export type StatusAnswer = z.infer<typeof statusAnswer>;
export type LoginAnswer = z.infer<typeof loginAnswer>;
export type ServiceTokenAnswer = z.infer<typeof serviceToken>;
export type NewServiceTokenAnswer = z.infer<typeof newServiceTokenAnswer>;
export type MeAnswer = z.infer<typeof meAnswer>;
export type SessionsEndedAnswer = z.infer<typeof sessionsEndedAnswer>;
export type ServiceTokensAnswer = z.infer<typeof serviceTokensAnswer>;
