import type { FastifyRequest } from 'fastify';
import type { RecentErrors } from '../../runtime/recent-errors.ts';
import type { Problem } from './problem-schema.ts';

const OF_STRANGERS: ReadonlySet<number> = new Set([401, 403, 421]);

/**
 * Keeps what routes refused and could not do, for the operator. Wrong passwords and tokens, hosts and origins are left
 * out: they are of strangers, who could crowd everything else out.
 */
export function noteProblem(recent: Pick<RecentErrors, 'note'>) {
  return ({ status, code, detail }: Problem, { method, routeOptions, id }: FastifyRequest): void => {
    if (OF_STRANGERS.has(status)) return;
    recent.note({
      level: status >= 500 ? 'error' : 'warn',
      where: `${method} ${routeOptions.url ?? ''}`.trim(),
      code,
      text: detail,
      requestId: id,
    });
  };
}
