import { z } from 'zod';
import { namesOf } from '../../packages/aliases.ts';
import { requireOwnName } from '../../packages/look-alikes.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { clientOf, createClientLimit } from '../shared/client-limit.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfPackage, type PackageFacts } from './answer.ts';
import { answerOfDrift } from './drift-answer.ts';
import { packageDrift } from './drift-schema.ts';
import { isListed, packageListQuery } from './list-filter.ts';
import { modelPackage, packageChange, packageParams, removalQuery } from './schema.ts';
import { receiveUpload } from './upload.ts';

const UPLOAD_RETRY_SECONDS = 30;

/** `/model-packages/...` (http.md#9). */
export const packageRoutes: Routes = async (app, services) => {
  const { registry, aliases, packageStore, warmUps, newId, drift, exchange, access, uploadsAtOnce } =
    services;
  const tags = ['model packages'];
  const uploads = createClientLimit({
    most: uploadsAtOnce,
    sentence: `This client uploads ${uploadsAtOnce} packages at the same time already, which is the limit (UPLOADS_AT_ONCE); wait for one of them.`,
    retryAfterSeconds: UPLOAD_RETRY_SECONDS,
  });

  /** What is known about packages, without their rows. */
  async function readFacts(): Promise<(model: ModelPackage) => PackageFacts> {
    const driftOf = await drift.read();
    const all = await aliases.list();
    return (model) => ({
      drift: driftOf(model),
      symbolTrades: exchange.isTrading(model.manifest.symbol),
      aliases: all.filter(({ packageId }) => packageId === model.id).map(({ alias }) => alias),
    });
  }
  const answer = async (model: ModelPackage) => answerOfPackage(model, (await readFacts())(model));

  app.get(
    '/model-packages',
    {
      schema: {
        tags,
        summary: 'The packages, newest first',
        querystring: packageListQuery,
        response: { 200: z.array(modelPackage) },
      },
    },
    async ({ query }) => {
      const factsOf = await readFacts();
      const models = (await registry.list()).filter((model) =>
        isListed(model, factsOf(model).aliases, query),
      );
      return models.map((model) => answerOfPackage(model, factsOf(model)));
    },
  );

  app.get(
    '/model-packages/:id',
    {
      schema: {
        tags,
        summary: 'One package',
        params: packageParams,
        response: { 200: modelPackage },
      },
    },
    async ({ params }) => answer(await registry.get(params.id)),
  );

  app.get(
    '/model-packages/:id/drift',
    {
      schema: {
        tags,
        summary: 'Whether the features of a package are in the range that it was trained on',
        description:
          'By the last whole UTC day and the last 7 days, worst feature first. Features that only tell the time are not watched.',
        params: packageParams,
        response: { 200: packageDrift },
      },
    },
    async ({ params }) => {
      const model = await registry.get(params.id);
      return answerOfDrift(model.id, (await drift.read())(model));
    },
  );

  app.post(
    '/model-packages/upload',
    {
      schema: {
        tags,
        summary: 'Upload a pair',
        description:
          'multipart/form-data with the parts `name`, `forecast_model` (.pt) and `ppo_model` (.zip); optional: `scaler` ' +
          '(.pkl or .json), `manifest` (.json), `vec_normalize` (.pkl), `proof` (.json), `notes` and `version_of` ' +
          '(the id or alias of a package that this is the next version of). The pair is ' +
          'validated, and its proof computed, before it is stored; its warm-up then starts by itself.',
        consumes: ['multipart/form-data'],
        response: { 201: modelPackage, ...problems(404, 422, 429) },
      },
    },
    async (request, reply) => {
      const leave = uploads.enter(await clientOf(request, access));
      const upload = await receiveUpload(request, packageStore, aliases, newId()).finally(leave);
      const model = await registry.add(upload.staged, upload);
      await warmUps.request(model.id);
      return reply
        .code(201)
        .header('location', `/model-packages/${model.id}`)
        .send(await answer(model));
    },
  );

  app.post(
    '/model-packages/:id/warmup',
    {
      schema: {
        tags,
        summary: 'Repeat the warm-up of a package',
        params: packageParams,
        response: { 202: modelPackage, ...problems(409) },
      },
    },
    async ({ params }, reply) => {
      await warmUps.request(params.id);
      return reply.code(202).send(await answer(await registry.get(params.id)));
    },
  );

  app.patch(
    '/model-packages/:id',
    {
      schema: {
        tags,
        summary:
          'Change name, notes, tags, the form of the weights, and whether the service trades the package',
        params: packageParams,
        body: packageChange,
        response: { 200: modelPackage, ...problems(409) },
      },
    },
    async ({ params, body }) => {
      const { auto_trade: autoTrade, ...edits } = body;
      if (body.name !== undefined && params.id !== DEFAULT_PACKAGE_ID)
        requireOwnName(body.name, await namesOf(aliases));
      const model = await registry.edit(params.id, { ...edits, autoTrade });
      if (body.weights !== undefined) await warmUps.requestWeights(model.id);
      return answer(model);
    },
  );

  for (const action of ['archive', 'restore'] as const) {
    app.post(
      `/model-packages/:id/${action}`,
      {
        schema: {
          tags,
          summary: action === 'archive' ? 'Take a package out of use' : 'Use an archived package again',
          params: packageParams,
          response: { 200: modelPackage },
        },
      },
      async ({ params }) => {
        const model = await registry[action](params.id);
        if (action === 'restore' && model.warmUpStatus !== 'DONE') await warmUps.request(model.id);
        return answer(model);
      },
    );
  }

  app.delete(
    '/model-packages/:id',
    {
      schema: {
        tags,
        summary: 'Delete an archived package and its files',
        params: packageParams,
        querystring: removalQuery,
        response: { 204: z.undefined(), ...problems(409) },
      },
    },
    async ({ params, query }, reply) => {
      await registry.remove(params.id, query.remove_aliases === 'true');
      return reply.code(204).send();
    },
  );
};
