import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendPage, mergeFirstPage, type PagedList } from '../../../src/web/views/desk/paged-list.ts';

const keyOf = (item: { id: number }) => String(item.id);
const rows = (...ids: number[]) => ids.map((id) => ({ id }));

describe('a list that is loaded page by page', () => {
  const known: PagedList<{ id: number; text?: string }> = {
    items: rows(9, 8, 7, 6, 5),
    next_cursor: 'after 5',
  };

  test.each([
    {
      what: 'puts new rows before the known ones',
      first: { items: rows(11, 10, 9, 8), next_cursor: 'after 8' },
      expected: { items: rows(11, 10, 9, 8, 7, 6, 5), next_cursor: 'after 5' },
    },
    {
      what: 'starts again where rows in between are missing',
      first: { items: rows(30, 29), next_cursor: 'after 29' },
      expected: { items: rows(30, 29), next_cursor: 'after 29' },
    },
    {
      what: 'becomes empty when its rows are hidden',
      first: { items: [], next_cursor: null },
      expected: { items: [], next_cursor: null },
    },
    {
      what: 'drops rows that a complete first page does not have',
      first: { items: rows(9), next_cursor: null },
      expected: { items: rows(9), next_cursor: null },
    },
  ])('$what', ({ first, expected }) => {
    expect(mergeFirstPage(known, first, keyOf)).toEqual(expected);
  });

  test('replaces known rows by newer versions', () => {
    const first = { items: [{ id: 9, text: 'decided' }, ...rows(8)], next_cursor: 'after 8' };
    expect(mergeFirstPage(known, first, keyOf).items[0]).toEqual({ id: 9, text: 'decided' });
  });

  test('appends a page only to the list that it was requested for', () => {
    const next = { items: rows(4, 3), next_cursor: null };
    expect(appendPage(known, 'after 5', next)).toEqual({
      items: rows(9, 8, 7, 6, 5, 4, 3),
      next_cursor: null,
    });
    expect(appendPage(known, 'after 7', next)).toBe(known);
  });

  test('has every row once and in order after any sequence of loads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.record({ fresh: fc.nat(12) }), fc.constant({ fresh: null })), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (steps, size) => {
          let newest = 20;
          const page = (from: number) => {
            const items = rows(...Array.from({ length: Math.min(size, from) }, (_, index) => from - index));
            const last = items.at(-1)?.id ?? 0;
            return { items, next_cursor: last > 1 ? String(last) : null };
          };
          let list = mergeFirstPage(undefined, page(newest), keyOf);
          for (const { fresh } of steps) {
            if (fresh === null) {
              const cursor = list.next_cursor;
              if (cursor !== null) list = appendPage(list, cursor, page(Number(cursor) - 1));
            } else {
              newest += fresh;
              list = mergeFirstPage(list, page(newest), keyOf);
            }
            const expected = Array.from({ length: list.items.length }, (_, index) => newest - index);
            expect(list.items.map(({ id }) => id)).toEqual(expected);
          }
        },
      ),
    );
  });
});
