import { z } from 'zod';
import { payloadGroup } from '../../../factor-models/factor-snapshot.ts';
import { TOKEN_API_ROUTE } from '../../shared/api-routes.ts';
import type { Routes } from '../../shared/routes.ts';
import { symbolParams } from '../fields.ts';
import { describePayload, matchesTag, payloadBody, payloadTag } from './answer.ts';
import { payloadAnswer } from './schema.ts';

/** `GET /api/models/:model_name/model/:symbol`. */
export const payloadRoutes: Routes = async (app, { factorModels: models }) => {
  app.get(
    '/api/models/:model_name/model/:symbol',
    {
      config: TOKEN_API_ROUTE,
      schema: {
        tags: ['factor models'],
        summary: "A symbol's model as XGBoost's JSON, with its metadata",
        params: symbolParams,
        response: { 200: payloadAnswer, 304: z.undefined() },
      },
    },
    async (request, reply) => {
      const { model_name, symbol } = request.params;
      const snapshot = await models.snapshot(model_name);
      const group = payloadGroup(snapshot, symbol);
      const description = describePayload(snapshot, group);
      const tag = payloadTag(description, group);
      reply.header('etag', tag).header('cache-control', 'private, no-cache');
      if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
      // Sent as bytes: parsing and serializing some 10 MB of JSON would block the event loop.
      const body = payloadBody(description, await models.modelText(group));
      return reply
        .type('application/json; charset=utf-8')
        .send(body as unknown as z.infer<typeof payloadAnswer>);
    },
  );
};
