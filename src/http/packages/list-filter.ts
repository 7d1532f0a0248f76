import { z } from 'zod';
import { contentHashOf } from '../../packages/content-hash.ts';
import { foldedText } from '../../packages/label-text.ts';
import type { ModelPackage } from '../../packages/model-package.ts';

export const packageListQuery = z.object({
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'a part of id, name, notes, a tag or an alias, whatever its case, or the first 6 or more characters of a hash',
    ),
  tag: z.string().max(40).optional().describe('one whole tag, whatever its case'),
  state: z.enum(['UPLOADED', 'READY', 'ARCHIVED']).optional(),
});

const HASH_START = /^[0-9a-f]{6,64}$/;

/** Whether a package belongs in the list that a query asks for. */
export function isListed(
  model: ModelPackage,
  aliases: readonly string[],
  query: z.infer<typeof packageListQuery>,
): boolean {
  const { search, tag, state } = query;
  if (state !== undefined && model.status !== state) return false;
  if (tag !== undefined && !model.tags.some((own) => foldedText(own) === foldedText(tag.trim())))
    return false;
  return search === undefined || isFound(model, aliases, foldedText(search.trim()));
}

function isFound(
  { id, name, notes = '', tags, files }: ModelPackage,
  aliases: readonly string[],
  search: string,
): boolean {
  if ([id, name, notes, ...tags, ...aliases].some((text) => foldedText(text).includes(search))) return true;
  const hashes = [contentHashOf(files), ...files.map(({ sha256 }) => sha256)];
  return HASH_START.test(search) && hashes.some((hash) => hash.startsWith(search));
}
