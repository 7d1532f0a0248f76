import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { VERSION } from '../../runtime/version.ts';
import { commonAnswers } from '../shared/common-answers.ts';

/** OpenAPI, made of the routes' own schemas: a page at /docs, the document at /docs/json. */
export const documentation = fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'paperdesk',
          version: VERSION,
          description:
            'Model packages in, decisions on real candles out. Errors are RFC 9457 problem details.',
        },
      },
      transform: (documented) => {
        const { schema, route } = documented;
        const response = { ...commonAnswers({ ...route, schema }), ...(schema?.response as object) };
        return jsonSchemaTransform({ ...documented, schema: { ...schema, response } });
      },
      transformObject: jsonSchemaTransformObject,
    });
    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  },
  { name: 'documentation' },
);
