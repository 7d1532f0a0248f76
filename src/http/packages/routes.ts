import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PackageFolders } from '../../packages/package-folders.ts';
import type { PackageRegistry } from '../../packages/registry.ts';
import type { WarmUps } from '../../packages/warm-up.ts';
import { problems } from '../shared/problem-schema.ts';
import { modelPackage, modelPackageAnswer, packageChange, packageParams } from './schema.ts';
import { receiveUpload } from './upload.ts';

export interface ModelPackageRoutesOptions {
  readonly registry: PackageRegistry;
  readonly folders: PackageFolders;
  readonly warmUps: WarmUps;
  readonly newId: () => string;
}

/** `/model-packages` and all below it (http.md#9). */
export const modelPackageRoutes: FastifyPluginAsyncZod<ModelPackageRoutesOptions> = async (app, options) => {
  const { registry, folders, warmUps, newId } = options;
  const tags = ['model packages'];

  app.get(
    '/model-packages',
    { schema: { tags, summary: 'All packages, newest first', response: { 200: z.array(modelPackage) } } },
    async () => (await registry.list()).map(modelPackageAnswer),
  );

  app.get(
    '/model-packages/:id',
    {
      schema: {
        tags,
        summary: 'One package',
        params: packageParams,
        response: { 200: modelPackage, ...problems(404) },
      },
    },
    async ({ params }) => modelPackageAnswer(await registry.get(params.id)),
  );

  app.post(
    '/model-packages/upload',
    {
      schema: {
        tags,
        summary: 'Upload a pair',
        description:
          'multipart/form-data with the parts `name`, `forecast_model` (.pt), `ppo_model` (.zip) and, if wanted, ' +
          '`scaler` (.pkl or .json), `manifest` (.json) and `notes`. The pair is validated before anything is stored; ' +
          'warm-up then starts by itself.',
        consumes: ['multipart/form-data'],
        response: { 201: modelPackage, ...problems(400, 413, 415, 422, 503, 507) },
      },
    },
    async (request, reply) => {
      const upload = await receiveUpload(request, folders, newId());
      const model = await registry.add(upload.staged, upload);
      await warmUps.request(model.id);
      return reply
        .code(201)
        .header('location', `/model-packages/${model.id}`)
        .send(modelPackageAnswer(model));
    },
  );

  app.post(
    '/model-packages/:id/warmup',
    {
      schema: {
        tags,
        summary: 'Warm a package up again',
        params: packageParams,
        response: { 202: modelPackage, ...problems(404, 409) },
      },
    },
    async ({ params }, reply) => {
      await warmUps.request(params.id);
      return reply.code(202).send(modelPackageAnswer(await registry.get(params.id)));
    },
  );

  app.patch(
    '/model-packages/:id',
    {
      schema: {
        tags,
        summary: 'Choose the form of the weights that a package decides with',
        params: packageParams,
        body: packageChange,
        response: { 200: modelPackage, ...problems(400, 404, 415) },
      },
    },
    async ({ params, body }) => {
      const model = await registry.chooseWeights(params.id, body.weights);
      warmUps.requestWeights(model.id);
      return modelPackageAnswer(model);
    },
  );

  for (const action of ['archive', 'restore'] as const) {
    app.post(
      `/model-packages/:id/${action}`,
      {
        schema: {
          tags,
          summary:
            action === 'archive' ? 'Take a package out of use' : 'Take an archived package back into use',
          params: packageParams,
          response: { 200: modelPackage, ...problems(404) },
        },
      },
      async ({ params }) => {
        const model = await registry[action](params.id);
        if (action === 'restore' && model.warmUpStatus !== 'DONE') await warmUps.request(model.id);
        return modelPackageAnswer(model);
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
        response: { 204: z.undefined(), ...problems(404, 409) },
      },
    },
    async ({ params }, reply) => {
      await registry.remove(params.id);
      return reply.code(204).send();
    },
  );
};
