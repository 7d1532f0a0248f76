import fp from 'fastify-plugin';
import type { PackageAliases } from '../../packages/aliases.ts';

/** Fields of parameters, queries and bodies that name packages; `models` has several with commas. */
const FIELDS = ['model_id', 'model_ids', 'models'];
/** Parameters that do so below `/model-packages/`. */
const PACKAGE_PARAMETERS = ['id', 'a', 'b'];

/** Longer ones are left to the validation, which refuses them; so no request can ask for a million aliases. */
const MAX_LENGTH = 1000;
const MAX_NAMES = 100;

/**
 * Replaces aliases in requests by the packages that they mean, before anything else reads them (packages.md#53). So one request
 * means one package, whatever happens to the alias meanwhile.
 */
export const packageAliases = fp<{ aliases: Pick<PackageAliases, 'resolve'> }>(
  async (app, { aliases }) => {
    async function resolved(value: unknown): Promise<unknown> {
      if (Array.isArray(value))
        return value.length > MAX_NAMES ? value : Promise.all(value.map(resolvedText));
      return resolvedText(value);
    }

    async function resolvedText(value: unknown): Promise<unknown> {
      if (typeof value !== 'string' || value.length > MAX_LENGTH || !value.includes('@')) return value;
      const names = await Promise.all(value.split(',').map(aliases.resolve));
      return names.join(',');
    }

    async function resolveIn(part: unknown, fields: readonly string[]): Promise<void> {
      if (typeof part !== 'object' || part === null) return;
      const values = part as Record<string, unknown>;
      for (const field of fields)
        if (Object.hasOwn(values, field)) values[field] = await resolved(values[field]);
    }

    app.addHook('preValidation', async ({ params, query, body, routeOptions }) => {
      const isOfPackages = routeOptions.url?.startsWith('/model-packages/') === true;
      await resolveIn(params, isOfPackages ? [...FIELDS, ...PACKAGE_PARAMETERS] : FIELDS);
      await resolveIn(query, FIELDS);
      await resolveIn(body, FIELDS);
    });
  },
  { name: 'package-aliases', dependencies: ['problem-details', 'access-control'] },
);
