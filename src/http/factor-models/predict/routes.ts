import { payloadGroup } from '../../../factor-models/factor-snapshot.ts';
import { TOKEN_API_ROUTE } from '../../shared/api-routes.ts';
import type { Routes } from '../../shared/routes.ts';
import { originOf, useOfModel } from '../answer.ts';
import { symbolParams } from '../fields.ts';
import { iterationsOf } from './iterations.ts';
import { matrixOf, predictionOf } from './rows.ts';
import { predictAnswer, predictBody } from './schema.ts';

/** Enough for some 100,000 numbers. */
const MAX_BODY_BYTES = 4 * 2 ** 20;

/** `POST /api/models/:model_name/predict/:symbol` (factor-models.md#18). */
export const predictRoutes: Routes = async (app, { factorModels: models }) => {
  app.post(
    '/api/models/:model_name/predict/:symbol',
    {
      config: TOKEN_API_ROUTE,
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags: ['factor models'],
        summary: 'Score rows of factor values',
        params: symbolParams,
        body: predictBody,
        response: { 200: predictAnswer },
      },
    },
    async ({ params, body }) => {
      const snapshot = await models.snapshot(params.model_name);
      const group = payloadGroup(snapshot, params.symbol);
      const { facts } = group.model!;
      const iterations = iterationsOf(body.iteration_range, group.key, facts);
      const options = { margins: body.output_margin, iterations };
      const { treesUsed, outputs } = await models.score(group, matrixOf(body.rows, group), options);
      return {
        ...originOf(snapshot),
        symbol: group.symbol,
        group_key: group.key,
        objective: facts.objective,
        feature_dim: facts.featureDim,
        ...useOfModel(facts),
        trees_used: treesUsed,
        predictions: outputs.map(predictionOf),
      };
    },
  );
};
