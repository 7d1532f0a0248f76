import { describe, expect, test } from 'vitest';
import { isFiltered, pageAddress, pageCount, viewOf } from '../../../src/web/views/desk/dock/record-view.ts';

describe('the view of a list', () => {
  test('is read from the address, and what is not valid is left out', () => {
    expect(viewOf({ page: '3', side: 'long', from: '2026-11-25', to: 'yesterday' })).toMatchObject({
      ...{ page: 3, side: 'long', from: '2026-11-25', to: undefined },
    });
    for (const page of ['0', '-1', '1.5', 'x', undefined]) expect(viewOf({ page }).page).toBe(1);
  });

  test('becomes a request, with whole days', () => {
    const view = viewOf({ page: '2', result: 'lost', sort: 'worst', from: '2026-11-25', to: '2026-11-26' });
    const address = new URL(pageAddress('/paper/trades/a', view, { every: '48h' }), 'http://x');
    expect(Object.fromEntries(address.searchParams)).toEqual({
      ...{ every: '48h', result: 'lost', sort: 'worst', limit: '50', offset: '50' },
      ...{ from: '2026-11-25T00:00:00Z', to: '2026-11-26T23:59:59.999Z' },
    });
  });

  test('is filtered by anything but page and order', () => {
    expect(isFiltered(viewOf({ page: '2', sort: 'worst' }))).toBe(false);
    expect(isFiltered(viewOf({ kind: 'funding' }))).toBe(true);
  });

  test('has at least one page', () => {
    expect([0, 1, 50, 51, 11_000].map(pageCount)).toEqual([1, 1, 1, 2, 220]);
  });
});
