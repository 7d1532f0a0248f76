import type { RouteOptions } from 'fastify';
import { type Problem, problems } from './problem-schema.ts';

type Documented = Pick<RouteOptions, 'method' | 'config'> & { readonly schema?: object };

/**
 * The problems that a route can answer without saying so itself, for its documentation: what access, the rules for
 * hosts and origins, validation, the parsers of bodies, overload and the store answer for it.
 */
export function commonAnswers({ method, config, schema = {} }: Documented): Record<number, unknown> {
  const has = (part: string) => Object.hasOwn(schema, part);
  const writes = [method].flat().some((one) => !['GET', 'HEAD', 'OPTIONS'].includes(one));
  const invalid: Problem['status'] = config?.validationCode === 'FIELD_INVALID' ? 422 : 400;
  const given = ['params', 'querystring', 'headers', 'body'].some(has);
  return problems(
    // No route: an address or a part of one that cannot be read.
    ...(has('params') ? [400, 404] : []),
    ...(given ? [invalid] : []),
    ...(writes ? [400, 413, 415, 507] : []),
    ...(config?.access === 'open' ? [] : [401]),
    ...(writes || config?.foreignPages === 'refused' ? [403] : []),
    421,
    503,
  );
}
