import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../errors.ts';

/** The answer of every error (http.md#2). */
export const problem = z
  .object({
    type: z.string().describe('URI that identifies the kind of problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('a sentence about this error'),
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]).describe('stable code'),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

export type Problem = z.infer<typeof problem>;

export function problemOf(code: ErrorCode, detail: string, errors?: Problem['errors']): Problem {
  const { status, title } = ERROR_CODES[code];
  return { type: `urn:paperdesk:error:${code}`, title, status, detail, code, ...(errors && { errors }) };
}

/** Response schemas for statuses that are answered with problem details. */
export function problems<Status extends number>(...statuses: Status[]): Record<Status, typeof problem> {
  return Object.fromEntries(statuses.map((status) => [status, problem])) as Record<Status, typeof problem>;
}
