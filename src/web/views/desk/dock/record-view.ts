import { withQuery } from '../../../data/urls.ts';
import type { Query } from '../../../views.ts';

/** Rows of a page: what fits in the dock without much scrolling, and what a phone loads at once. */
const PAGE_ROWS = 50;

const DAY_ENDS = 'T23:59:59.999Z';

/** What restricts and sorts a list, from the address. Days are UTC. */
export interface RecordView {
  readonly side?: string | undefined;
  readonly result?: string | undefined;
  readonly reason?: string | undefined;
  readonly action?: string | undefined;
  readonly kind?: string | undefined;
  readonly sort?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** From 1. */
  readonly page: number;
}

/** Names in the address, all of which end when another tab is shown. */
const VIEW_NAMES = ['side', 'result', 'reason', 'action', 'kind', 'sort', 'from', 'to', 'page'] as const;

/** Removes all of them. */
export const WHOLE_LIST: Query = Object.fromEntries(VIEW_NAMES.map((name) => [name, undefined]));

export function viewOf(query: Query): RecordView {
  const page = Number(query.page);
  const { side, result, reason, action, kind, sort, from, to } = query;
  return {
    ...{ side, result, reason, action, kind, sort },
    ...{ from: dayOf(from), to: dayOf(to) },
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

function dayOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}

/** Whether anything restricts the list. */
export function isFiltered({ page: _, sort: _sort, ...filters }: RecordView): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

/** The address of a page of a list. @param path of the list, without a query */
export function pageAddress(path: string, view: RecordView, fixed: Query = {}): string {
  const { page, sort } = view;
  return withQuery(path, {
    ...fixed,
    ...filtersOf(view),
    sort,
    limit: String(PAGE_ROWS),
    offset: String((page - 1) * PAGE_ROWS),
  });
}

export function pageCount(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_ROWS));
}

/** The filters of a view as a query; days are whole. */
export function filtersOf({ page: _, sort: _sort, from, to, ...filters }: RecordView): Query {
  return { ...filters, from: from && `${from}T00:00:00Z`, to: to && `${to}${DAY_ENDS}` };
}
