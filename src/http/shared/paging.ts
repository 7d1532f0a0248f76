import { z } from 'zod';
import { PaperdeskError } from '../../errors.ts';

/** `limit` and `cursor` of a list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional().describe('next_cursor of the page before'),
});

/** One page of what was asked for one entry further than it goes, and the cursor of the next. */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  keyOf: (last: T) => object,
): { readonly items: readonly T[]; readonly next_cursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next_cursor = found.length > limit && last !== undefined ? cursorOf(keyOf(last)) : null;
  return { items, next_cursor };
}

function cursorOf(key: object): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws VALIDATION when the cursor is none of ours */
export function readCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new PaperdeskError(
      'VALIDATION',
      'The cursor is not one that this list gave; leave it out to begin.',
    );
  }
}
