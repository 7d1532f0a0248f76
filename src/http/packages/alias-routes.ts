import { z } from 'zod';
import type { PackageAlias } from '../../packages/alias-repository.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { aliasMove, aliasParams, packageAlias } from './alias-schema.ts';

/** `/model-packages/aliases` (http.md#9). */
export const packageAliasRoutes: Routes = async (app, { aliases }) => {
  const tags = ['model packages'];

  app.get(
    '/model-packages/aliases',
    { schema: { tags, summary: 'All aliases of packages', response: { 200: z.array(packageAlias) } } },
    async () => (await aliases.list()).map(answerOfAlias),
  );

  app.put(
    '/model-packages/aliases/:alias',
    {
      schema: {
        tags,
        summary: 'Let an alias mean a package from now on',
        params: aliasParams,
        body: aliasMove,
        response: { 200: packageAlias, ...problems(404, 409) },
      },
    },
    async ({ params, body }) =>
      answerOfAlias(await aliases.move(params.alias, { modelId: body.model_id, expected: body.expected })),
  );

  app.delete(
    '/model-packages/aliases/:alias',
    {
      schema: {
        tags,
        summary: 'Remove an alias; the package stays',
        params: aliasParams,
        response: { 204: z.undefined() },
      },
    },
    async ({ params }, reply) => {
      await aliases.remove(params.alias);
      return reply.code(204).send();
    },
  );
};

function answerOfAlias({ alias, packageId, movedAt }: PackageAlias): z.infer<typeof packageAlias> {
  return { alias, model_package_id: packageId, moved_at: isoTime(movedAt) };
}
