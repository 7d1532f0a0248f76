import type { FastifyRequest } from 'fastify';
import type { RecentErrors } from '../../runtime/recent-errors.ts';
import type { Problem } from '../shared/problem-schema.ts';

/** Wrong tokens, origins and hosts: strangers could fill the whole list with them. */
const NOT_RECORDED: ReadonlySet<number> = new Set([401, 403, 421]);

/** Adds the problems that routes answer to the recent errors. */
export function recordProblem(recentErrors: Pick<RecentErrors, 'add'>) {
  return ({ status, code, detail }: Problem, { method, routeOptions, id }: FastifyRequest): void => {
    if (NOT_RECORDED.has(status)) return;
    recentErrors.add({
      level: status >= 500 ? 'error' : 'warn',
      where: `${method} ${routeOptions.url ?? ''}`.trim(),
      code,
      text: detail,
      requestId: id,
    });
  };
}
