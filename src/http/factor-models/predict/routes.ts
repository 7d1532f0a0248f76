import { payloadGroup } from '../../../factor-models/factor-snapshot.ts';
import { TOKEN_API_ROUTE } from '../../shared/api-routes.ts';
import type { Routes } from '../../shared/routes.ts';
import { originOf, useOfModel } from '../answer.ts';
import { symbolParams } from '../fields.ts';
import { iterationsOf } from './iterations.ts';
import { matrixOf } from './rows.ts';
import { type PredictAnswer, predictAnswer, predictBody } from './schema.ts';

/** Enough for some 100,000 numbers. */
const MAX_BODY_BYTES = 4 * 2 ** 20;

const CLOSING = Buffer.from('}');

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
    async ({ params, body }, reply) => {
      const snapshot = await models.snapshot(params.model_name);
      const group = payloadGroup(snapshot, params.symbol);
      const { facts } = group.model!;
      const iterations = iterationsOf(body.iteration_range, group.key, facts);
      const options = { margins: body.output_margin, iterations };
      const { treesUsed, json } = await models.score(group, matrixOf(body.rows, group), options);
      const rest: Omit<PredictAnswer, 'predictions'> = {
        ...originOf(snapshot),
        symbol: group.symbol,
        group_key: group.key,
        objective: facts.objective,
        feature_dim: facts.featureDim,
        ...useOfModel(facts),
        trees_used: treesUsed,
      };
      // Sent as bytes: checking and writing a million numbers would block the event loop.
      const answer = Buffer.concat([
        Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"predictions":`),
        json,
        CLOSING,
      ]);
      return reply.type('application/json; charset=utf-8').send(answer as unknown as PredictAnswer);
    },
  );
};
