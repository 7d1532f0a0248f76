import type { RouteOptions } from 'fastify';
import { type Problem, problems } from '../shared/problem-schema.ts';

type DocumentedRoute = Pick<RouteOptions, 'method' | 'config'> & { readonly schema?: object };

/**
 * The problems that plugins answer for a route: access control, host and origin, validation, body parsers, overload,
 * the database. A route documents only the problems of its own.
 */
export function commonProblems({ method, config, schema = {} }: DocumentedRoute): Record<number, unknown> {
  const has = (field: string) => Object.hasOwn(schema, field);
  const writes = [method].flat().some((one) => !['GET', 'HEAD', 'OPTIONS'].includes(one));
  const validated = ['params', 'querystring', 'headers', 'body'].some(has);
  const invalid: Problem['status'] = config?.validationCode === 'FIELD_INVALID' ? 422 : 400;
  return problems(
    // A parameter that cannot be decoded, or that makes the URL match no route.
    ...(has('params') ? [400, 404] : []),
    ...(validated ? [invalid] : []),
    ...(writes ? [400, 413, 415, 507] : []),
    ...(config?.access === 'open' ? [] : [401]),
    ...(writes || config?.foreignPages === 'refused' ? [403] : []),
    421,
    503,
  );
}
