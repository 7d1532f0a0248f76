import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { VERSION } from '../../runtime/version.ts';
import { commonProblems } from './common-problems.ts';

export interface DocumentationOptions {
  /** Addresses at which users reach the service. */
  readonly publicUrls: readonly string[];
}

/** OpenAPI from the schemas of the routes: a page at /docs, the document at /docs/json. */
export const documentation = fp<DocumentationOptions>(
  async (app, { publicUrls }) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'paperdesk',
          version: VERSION,
          description:
            'Upload model packages and get their decisions on real candles. Errors are RFC 9457 problem details.',
        },
        servers: [
          ...publicUrls.map((url) => ({ url: url.replace(/\/$/, '') })),
          { url: '/', description: 'the host of this document' },
        ],
        components: { securitySchemes: { bearer: BEARER } },
      },
      transform: (documented) => {
        const { schema, route, url } = documented;
        const response = { ...commonProblems({ ...route, schema }), ...(schema?.response as object) };
        const described: FastifySchema = { ...schema, response, ...operationOf(route, url) };
        return jsonSchemaTransform({ ...documented, schema: described });
      },
      transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      // The addresses in the page are relative to it, because a proxy may serve it below a path.
      indexPrefix: '.',
      staticCSP: true,
      // The service speaks plain HTTP.
      transformStaticCSP: (policy) => policy.replace(/\s*upgrade-insecure-requests;/, ''),
    });
  },
  { name: 'documentation' },
);

const BEARER = {
  type: 'http',
  scheme: 'bearer',
  description:
    'The token of a log-in (POST /api/auth/login) or a service token, needed once a password is set.',
} as const;

/** What a generated client calls the operation, and the token that it needs. */
function operationOf({ method, config }: RouteOptions, url: string) {
  const security = { open: [], token: [{ bearer: [] }], 'with a password': [{}, { bearer: [] }] };
  return {
    operationId: operationId([method].flat()[0]!, url),
    security: security[config?.access ?? 'with a password'],
  };
}

/** From method and path: `GET /paper/account/:model_id` is `getPaperAccountByModelId`. */
function operationId(method: string, url: string): string {
  const words = url
    .split('/')
    .map((part) => part.replace(/^:(.*)/, 'by-$1'))
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/));
  return method.toLowerCase() + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

/** The plugin describes each named schema twice, as input and as output; one of them is mostly not used. */
function withoutUnusedSchemas<Document extends object>(document: Document): Document {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  const used = new Set<string>();
  const addFrom = (text: string) => {
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name!)) continue;
      used.add(name!);
      addFrom(JSON.stringify(schemas[name!]));
    }
  };
  addFrom(JSON.stringify({ ...document, components: undefined }));
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } };
}
