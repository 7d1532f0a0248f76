import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { FactorModels } from '../../factor-models/factor-models.ts';
import { payloadGroup, selectGroup, unionOfFactors } from '../../factor-models/factor-snapshot.ts';
import { problems } from '../shared/problem-schema.ts';
import {
  answerOfChanges,
  answerOfGroup,
  answerOfModel,
  answerOfScan,
  answerOfUses,
  countsOf,
  isKnownTag,
  payloadBody,
  payloadParts,
  payloadTag,
  scanTime,
  summaryOf,
} from './answer.ts';
import { matrixOf, predictionOf } from './rows.ts';
import {
  changesAnswer,
  factorsAnswer,
  factorUsesAnswer,
  groupQuery,
  modelListAnswer,
  modelParams,
  payloadAnswer,
  predictAnswer,
  predictBody,
  refreshAnswer,
  registerAnswer,
  registerBody,
  symbolDetailAnswer,
  symbolParams,
  symbolsAnswer,
} from './schema.ts';

/** Rows of factor values are the largest body here: some 100,000 numbers. */
const PREDICT_BODY_BYTES = 4 * 2 ** 20;

/** `/api/models` and all below it (factor-models.md#26); these routes always need a token. */
export const factorModelRoutes: FastifyPluginAsyncZod<{ models: FactorModels }> = async (app, { models }) => {
  const tags = ['factor models'];
  const config = { access: 'token', validationCode: 'FIELD_INVALID' } as const;

  app.get(
    '/api/models',
    {
      config,
      schema: {
        tags,
        summary: 'Registered directories',
        response: { 200: modelListAnswer, ...problems(401) },
      },
    },
    async () => ({ items: (await models.list()).map(answerOfModel) }),
  );

  app.post(
    '/api/models',
    {
      config,
      schema: {
        tags,
        summary: 'Register a directory and scan it',
        body: registerBody,
        response: { 200: registerAnswer, ...problems(400, 401, 422) },
      },
    },
    async ({ body }) => {
      const snapshot = await models.register(body.model_name, body.root_path);
      return { ...answerOfScan(snapshot), symbols: [...snapshot.symbols] };
    },
  );

  app.delete(
    '/api/models/:model_name',
    {
      config,
      schema: {
        tags,
        summary: 'End a registration; the files stay',
        params: modelParams,
        response: { 204: z.undefined(), ...problems(401, 404) },
      },
    },
    async ({ params }, reply) => {
      await models.remove(params.model_name);
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/models/:model_name/refresh',
    {
      config,
      schema: {
        tags,
        summary: 'Scan a directory again',
        params: modelParams,
        response: { 200: refreshAnswer, ...problems(400, 401, 404) },
      },
    },
    async ({ params }) => answerOfScan(await models.refresh(params.model_name)),
  );

  app.get(
    '/api/models/:model_name/symbols',
    {
      config,
      schema: {
        tags,
        summary: 'The groups of artifacts, by symbol',
        params: modelParams,
        response: { 200: symbolsAnswer, ...problems(401, 404) },
      },
    },
    async ({ params }) => ({
      items: (await models.snapshot(params.model_name)).groups.map((group) => ({
        ...summaryOf(group),
        warnings: [...group.warnings],
      })),
    }),
  );

  app.get(
    '/api/models/:model_name/symbols/:symbol',
    {
      config,
      schema: {
        tags,
        summary: 'One group with all that is known of it',
        params: symbolParams,
        querystring: groupQuery,
        response: { 200: symbolDetailAnswer, ...problems(401, 404, 422) },
      },
    },
    async ({ params, query }) => {
      const snapshot = await models.snapshot(params.model_name);
      return answerOfGroup(snapshot, selectGroup(snapshot, params.symbol, query.group_key));
    },
  );

  app.get(
    '/api/models/:model_name/factors',
    {
      config,
      schema: {
        tags,
        summary: 'Every factor of any symbol',
        params: modelParams,
        response: { 200: factorsAnswer, ...problems(401, 404) },
      },
    },
    async ({ params }) => {
      const snapshot = await models.snapshot(params.model_name);
      const factors = unionOfFactors(snapshot);
      return {
        model_name: snapshot.modelName,
        scanned_at: scanTime(snapshot),
        ...countsOf(snapshot),
        factor_count: factors.length,
        factors: [...factors],
      };
    },
  );

  app.get(
    '/api/models/:model_name/factor-uses',
    {
      config,
      schema: {
        tags,
        summary: 'Which groups use each factor',
        params: modelParams,
        response: { 200: factorUsesAnswer, ...problems(401, 404) },
      },
    },
    async ({ params }) => answerOfUses(await models.snapshot(params.model_name)),
  );

  app.get(
    '/api/models/:model_name/changes',
    {
      config,
      schema: {
        tags,
        summary: 'What scans found to be different',
        params: modelParams,
        response: { 200: changesAnswer, ...problems(401, 404) },
      },
    },
    async ({ params: { model_name } }) =>
      answerOfChanges(await models.snapshot(model_name), await models.changes(model_name)),
  );

  app.get(
    '/api/models/:model_name/model/:symbol',
    {
      config,
      schema: {
        tags,
        summary: "A symbol's model as XGBoost's JSON, with its metadata",
        params: symbolParams,
        response: { 200: payloadAnswer, 304: z.undefined(), ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      const { model_name, symbol } = request.params;
      const snapshot = await models.snapshot(model_name);
      const group = payloadGroup(snapshot, symbol);
      const parts = payloadParts(snapshot, group);
      const tag = payloadTag(parts, group);
      reply.header('etag', tag).header('cache-control', 'private, no-cache');
      if (isKnownTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
      // Bytes go out as they are: some 10 MB are neither checked nor written again here.
      const body = payloadBody(parts, await models.modelText(group));
      return reply
        .type('application/json; charset=utf-8')
        .send(body as unknown as z.infer<typeof payloadAnswer>);
    },
  );

  app.post(
    '/api/models/:model_name/predict/:symbol',
    {
      config,
      bodyLimit: PREDICT_BODY_BYTES,
      schema: {
        tags,
        summary: 'Score rows of factor values',
        params: symbolParams,
        body: predictBody,
        response: { 200: predictAnswer, ...problems(401, 404, 413, 422) },
      },
    },
    async ({ params, body }) => {
      const snapshot = await models.snapshot(params.model_name);
      const group = payloadGroup(snapshot, params.symbol);
      const { objective, featureDim } = group.model!.facts;
      const outputs = await models.score(group, matrixOf(body.rows, group), body.output_margin);
      return {
        model_name: snapshot.modelName,
        symbol: group.symbol,
        group_key: group.key,
        objective,
        feature_dim: featureDim,
        scanned_at: scanTime(snapshot),
        predictions: outputs.map(predictionOf),
      };
    },
  );
};
