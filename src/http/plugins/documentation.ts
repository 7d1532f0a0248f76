import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { VERSION } from '../../runtime/version.ts';
import { commonProblems } from './common-problems.ts';

/** OpenAPI from the schemas of the routes: a page at /docs, the document at /docs/json. */
export const documentation = fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'paperdesk',
          version: VERSION,
          description:
            'Upload model packages and get their decisions on real candles. Errors are RFC 9457 problem details.',
        },
      },
      transform: (documented) => {
        const { schema, route } = documented;
        const response = { ...commonProblems({ ...route, schema }), ...(schema?.response as object) };
        return jsonSchemaTransform({ ...documented, schema: { ...schema, response } });
      },
      transformObject: jsonSchemaTransformObject,
    });
    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  },
  { name: 'documentation' },
);
