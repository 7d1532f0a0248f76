import { z } from 'zod';
import { ALIAS_PATTERN } from '../../packages/aliases.ts';
import { modelId, time } from '../shared/fields.ts';

export const aliasParams = z.object({
  alias: z.string().regex(ALIAS_PATTERN, {
    error:
      'must have 1 to 32 characters of a-z, 0-9, "_", "-" and ".", with a letter or digit at both ends and no "@"',
  }),
});

export const aliasMove = z.strictObject({
  model_id: modelId,
  expected: z
    .string()
    .min(1)
    .max(80)
    .nullable()
    .optional()
    .describe('the package that it has to mean before, null for a new alias; otherwise nothing is changed'),
});

export const packageAlias = z
  .object({ alias: z.string(), model_package_id: z.string(), moved_at: time })
  .meta({ id: 'PackageAlias', description: 'A name that means a package and can be moved to another one' });
