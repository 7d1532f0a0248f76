import { selectGroup } from '../../../factor-models/factor-snapshot.ts';
import { TOKEN_API_ROUTE } from '../../shared/api-routes.ts';
import type { Routes } from '../../shared/routes.ts';
import { modelParams, symbolParams } from '../fields.ts';
import { answerOfGroup, summaryOf } from './answer.ts';
import { groupQuery, symbolDetailAnswer, symbolsAnswer } from './schema.ts';

const config = TOKEN_API_ROUTE;
const tags = ['factor models'];

/** `GET /api/models/:model_name/symbols` and `/symbols/:symbol`. */
export const factorSymbolRoutes: Routes = async (app, { factorModels: models }) => {
  app.get(
    '/api/models/:model_name/symbols',
    {
      config,
      schema: {
        tags,
        summary: 'The groups of artifacts, by symbol',
        params: modelParams,
        response: { 200: symbolsAnswer },
      },
    },
    async ({ params }) => ({ items: (await models.snapshot(params.model_name)).groups.map(summaryOf) }),
  );

  app.get(
    '/api/models/:model_name/symbols/:symbol',
    {
      config,
      schema: {
        tags,
        summary: 'One group with everything that is known about it',
        params: symbolParams,
        querystring: groupQuery,
        response: { 200: symbolDetailAnswer },
      },
    },
    async ({ params, query }) => {
      const snapshot = await models.snapshot(params.model_name);
      return answerOfGroup(snapshot, selectGroup(snapshot, params.symbol, query.group_key));
    },
  );
};
