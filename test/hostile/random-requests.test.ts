// promise: docs/security.md "Every answer is one that the route documents"
// promise: docs/security.md "a client of the HTTP interface"
// promise: docs/api.md, table "Error codes"

import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { repetitions } from '../helper/run-length.ts';
import { startTestService, type TestService } from '../helper/service.ts';
import { report } from './report.ts';
import { type JsonSchema, parameterText, valueFor } from './schema-values.ts';

interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly parameters: readonly {
    name: string;
    in: 'path' | 'query' | 'header';
    required?: boolean;
    schema: JsonSchema;
  }[];
  readonly body: JsonSchema | undefined;
  readonly statuses: readonly number[];
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
}

/** A stream without end, and the route that sets the password. */
const EXCLUDED = ['/events', '/api/auth/bootstrap'];
const REQUESTS_PER_ROUTE = repetitions(150, 5);

let service: TestService;
let document: OpenApi;
let authorization: string;
beforeAll(async () => {
  service = await startTestService({ env: { MODEL_MANAGER_WATCH_ENABLED: '0' } });
  authorization = `Bearer ${(await service.services.access.createServiceToken('random')).token}`;
  const payload = {
    model_name: 'alpha',
    root_path: join(PROJECT_ROOT, 'test', 'fixtures', 'factors', 'root_ok'),
  };
  await service.app.inject({ method: 'POST', url: '/api/models', headers: { authorization }, payload });
  document = (await service.app.inject('/docs/json')).json();
});
afterAll(() => service.close());

function operations(): Operation[] {
  return Object.entries(document.paths)
    .filter(([path]) => !EXCLUDED.includes(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]): Operation => {
        const content = Object.values(
          (described.requestBody as { content?: object } | undefined)?.content ?? {},
        );
        return {
          method: method.toUpperCase() as Operation['method'],
          path,
          parameters: (described.parameters ?? []) as Operation['parameters'],
          body: (content[0] as { schema?: JsonSchema } | undefined)?.schema,
          statuses: Object.keys(described.responses as object).map(Number),
        };
      }),
    );
}
const resolve = (ref: string) => document.components.schemas[ref.split('/').at(-1)!] ?? {};

/** Random requests of an operation: URL, headers, body. */
function randomRequests({ path, parameters, body }: Operation) {
  const texts = parameters.map(({ name, schema, in: location, required }) => {
    const text = parameterText(schema, name);
    return location === 'path' || required === true ? text : fc.option(text, { nil: undefined });
  });
  const bodies =
    body === undefined
      ? fc.constantFrom(undefined, undefined, '{}', '[', 'null')
      : fc.oneof(
          { weight: 8, arbitrary: valueFor(body, resolve).map((value) => JSON.stringify(value) ?? '') },
          {
            weight: 1,
            arbitrary: fc.constantFrom('', '{', '[]', 'null', '"', '{"__proto__": {"polluted": 1}}', '1e999'),
          },
        );
  const type = fc.oneof(
    { weight: 12, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'text/plain',
        'application/xml',
        'multipart/form-data',
        'multipart/form-data; boundary=x',
        '',
      ),
    },
  );
  return fc.tuple(fc.tuple(...texts), bodies, type).map(([values, payload, contentType]) => {
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    let address = path;
    for (const [index, { name, in: location }] of parameters.entries()) {
      const value = wellFormed(values[index]);
      if (value === undefined) continue;
      if (location === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value));
      else if (location === 'query') query.set(name, value);
      else headers[name] = value.replace(/[^\x20-\x7e]/g, '?');
    }
    const url = query.size === 0 ? address : `${address}?${query}`;
    return { url, headers, ...(payload === undefined ? {} : { payload, contentType }) };
  });
}

test('every route replies to random requests with a documented status and a proper error', async () => {
  const all = operations();
  expect(all.length).toBeGreaterThan(40);
  const statuses = new Map<number, number>();
  const wrong: string[] = [];
  for (const operation of all) {
    for (const request of fc.sample(randomRequests(operation), {
      numRuns: REQUESTS_PER_ROUTE,
      seed: 20_261_123,
    })) {
      const { url, headers, ...given } = request as typeof request & {
        payload?: string;
        contentType?: string;
      };
      const reply = await service.app.inject({
        method: operation.method,
        url,
        headers: {
          authorization,
          ...headers,
          ...(given.contentType ? { 'content-type': given.contentType } : {}),
        },
        ...(given.payload === undefined ? {} : { payload: given.payload }),
      });
      statuses.set(reply.statusCode, (statuses.get(reply.statusCode) ?? 0) + 1);
      const problem = findProblem(
        reply,
        matchesPath(operation, url) ? operation.statuses : [...operation.statuses, 400, 404, 405],
      );
      if (problem !== undefined && wrong.length < 50) {
        wrong.push(
          `${operation.method} ${url.slice(0, 200)} ${given.payload?.slice(0, 300)} (${given.contentType}): ${problem}`,
        );
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect((await service.app.inject('/health')).statusCode).toBe(200);
  report('random requests', {
    routes: all.length,
    requests: all.length * REQUESTS_PER_ROUTE,
    ...Object.fromEntries(
      [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => [`status ${status}`, count]),
    ),
  });
});

/** Whether a URL still has the segments of the operation's path: empty ones, `.` and `..` lead to another route. */
function matchesPath({ path }: Operation, url: string): boolean {
  const segments = url.split('?', 1)[0]!.split('/');
  return (
    segments.length === path.split('/').length &&
    !segments.slice(1).some((segment) => ['', '.', '..'].includes(segment))
  );
}

interface Reply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function findProblem(
  { statusCode, headers, body }: Reply,
  documented: readonly number[],
): string | undefined {
  if (!documented.includes(statusCode)) return `${statusCode} is not documented: ${body.slice(0, 300)}`;
  if (statusCode >= 500 && statusCode !== 503 && statusCode !== 507)
    return `${statusCode}: ${body.slice(0, 300)}`;
  if (statusCode < 400 || (statusCode === 503 && !String(headers['content-type']).includes('problem')))
    return undefined;
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return `${headers['content-type']}`;
  const { code, status, detail } = JSON.parse(body);
  if (!Object.hasOwn(ERROR_CODES, code) || status !== statusCode)
    return `the code ${code} with ${statusCode}`;
  if (detail.length > 6000) return `a detail of ${detail.length} characters`;
  return /node_modules|\.ts:\d|\.js:\d|SQLITE|at async/.test(detail) ? `internals: ${detail}` : undefined;
}

/** Replaces unpaired surrogates, which cannot be sent. */
function wellFormed(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString();
}
