import { z } from 'zod';
import { TOKEN_API_ROUTE } from '../shared/api-routes.ts';
import type { Routes } from '../shared/routes.ts';
import {
  answerOfChanges,
  answerOfFactors,
  answerOfModel,
  answerOfScan,
  answerOfUses,
  nodesOf,
} from './answer.ts';
import { modelParams } from './fields.ts';
import {
  changesAnswer,
  factorsAnswer,
  factorUsesAnswer,
  modelListAnswer,
  registerAnswer,
  registerBody,
  scanAnswer,
} from './schema.ts';

const config = TOKEN_API_ROUTE;
const tags = ['factor models'];

/** `/api/models/...` (factor-models.md). */
export const factorModelRoutes: Routes = async (app, { factorModels: models }) => {
  app.get(
    '/api/models',
    { config, schema: { tags, summary: 'Registered directories', response: { 200: modelListAnswer } } },
    async () => {
      const items = await models.list();
      const nodes = await models.nodes();
      return { items: items.map((model) => answerOfModel(model, nodes)) };
    },
  );

  app.post(
    '/api/models',
    {
      config,
      schema: {
        tags,
        summary: 'Register a directory and scan it',
        body: registerBody,
        response: { 200: registerAnswer },
      },
    },
    async ({ body }) => {
      const snapshot = await models.register(body.model_name, body.root_path);
      const nodes = nodesOf(await models.nodes(), snapshot.modelName);
      return { ...answerOfScan(snapshot), symbols: [...snapshot.symbols], ...nodes };
    },
  );

  app.delete(
    '/api/models/:model_name',
    {
      config,
      schema: {
        tags,
        summary: 'Remove a registration; the files stay',
        params: modelParams,
        response: { 204: z.undefined() },
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
        response: { 200: scanAnswer },
      },
    },
    async ({ params }) => answerOfScan(await models.refresh(params.model_name)),
  );

  app.get(
    '/api/models/:model_name/factors',
    {
      config,
      schema: {
        tags,
        summary: 'All factors of all symbols',
        params: modelParams,
        response: { 200: factorsAnswer },
      },
    },
    async ({ params }) => answerOfFactors(await models.snapshot(params.model_name)),
  );

  app.get(
    '/api/models/:model_name/factor-uses',
    {
      config,
      schema: {
        tags,
        summary: 'The groups that use each factor',
        params: modelParams,
        response: { 200: factorUsesAnswer },
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
        summary: 'The changes that recent scans found',
        params: modelParams,
        response: { 200: changesAnswer },
      },
    },
    async ({ params: { model_name } }) =>
      answerOfChanges(await models.snapshot(model_name), await models.changes(model_name)),
  );
};
