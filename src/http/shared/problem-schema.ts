import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../errors.ts';

/** RFC 9457 problem details, as every error is answered. */
export const problem = z
  .object({
    type: z.string().describe('URI that identifies the kind of problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('what is wrong, in a sentence'),
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]).describe('stable code'),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

export type Problem = z.infer<typeof problem>;

/** Problem details for a code and a sentence. */
export function problemOf(code: ErrorCode, detail: string, errors?: Problem['errors']): Problem {
  const { status, title } = ERROR_CODES[code];
  return { type: `urn:paperdesk:error:${code}`, title, status, detail, code, ...(errors && { errors }) };
}

/** The answers with problem details that a route may give, for its schema. */
export function problems<Status extends number>(...statuses: Status[]): Record<Status, typeof problem> {
  return Object.fromEntries(statuses.map((status) => [status, problem])) as Record<Status, typeof problem>;
}
