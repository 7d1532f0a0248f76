import { z } from 'zod';
import { PaperdeskError } from '../../errors.ts';

/** The query of a list (http.md#5). */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional().describe('next_cursor of the previous page'),
});

/** The answer of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** The query of a list whose pages are also reached by number. */
export const numberedQuery = pageQuery.extend({
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000_000)
    .optional()
    .describe('items to leave out, instead of a cursor'),
});

/** The answer of such a list. */
export function numberedPageOf<Item extends z.ZodType>(item: Item) {
  return pageOf(item).extend({
    total: z.int().describe('items of the whole list'),
    offset: z.int().nullable().describe('items before this page; null for a page by cursor'),
  });
}

/** A list that is read page by page. */
export interface PagedList<Entry, Cursor, Item> {
  /** The fields of the last entry of a page, after which the next page begins. */
  readonly cursor: z.ZodType<Cursor>;
  /** Reads at most `limit` entries that come after the cursor. */
  readonly read: (limit: number, after: Cursor | undefined) => Promise<readonly Entry[]>;
  readonly answer: (entry: Entry) => Item | Promise<Item>;
}

/** Reads one page of a list. @throws VALIDATION for a cursor of another list */
export async function readPage<Entry, Cursor, Item>(
  { limit, cursor }: z.infer<typeof pageQuery>,
  list: PagedList<Entry, Cursor, Item>,
): Promise<{ items: Item[]; next_cursor: string | null }> {
  // One entry more than the page needs, to know whether another page follows.
  const entries = await list.read(limit + 1, decodeCursor(cursor, list.cursor));
  const page = entries.slice(0, limit);
  const next = entries.length > limit ? encodeCursor(list.cursor.parse(page.at(-1))) : null;
  const items: Item[] = [];
  // One after the other, so that a long page does not take all connections to the database.
  for (const entry of page) items.push(await list.answer(entry));
  return { items, next_cursor: next };
}

/** A list that is also read by the number of items before the page. */
export interface NumberedList<Entry, Cursor, Item> extends Omit<PagedList<Entry, Cursor, Item>, 'read'> {
  readonly count: () => Promise<number>;
  readonly read: (
    limit: number,
    after: Cursor | undefined,
    skip: { readonly rows: number; readonly total: number } | undefined,
  ) => Promise<readonly Entry[]>;
}

/** Reads one page of a list by cursor or number. @throws VALIDATION for both, and for a cursor of another list */
export async function readNumberedPage<Entry, Cursor, Item>(
  { offset, ...query }: z.infer<typeof numberedQuery>,
  { count, read, ...list }: NumberedList<Entry, Cursor, Item>,
) {
  if (offset !== undefined && query.cursor !== undefined)
    throw new PaperdeskError(
      'VALIDATION',
      'A page begins at a cursor or at an offset; leave one of them out.',
    );
  const total = await count();
  const rows = query.cursor === undefined ? (offset ?? 0) : null;
  const page = await readPage(query, {
    ...list,
    read: (limit, after) => read(limit, after, rows === null ? undefined : { rows, total }),
  });
  return { ...page, total, offset: rows };
}

function encodeCursor(cursor: unknown): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function decodeCursor<Cursor>(text: string | undefined, schema: z.ZodType<Cursor>): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new PaperdeskError(
      'VALIDATION',
      'The cursor does not belong to this list; leave it out to read the first page.',
    );
  }
}
