import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Skeleton } from '../../../components/loading.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { Pager } from '../../../components/pager.tsx';
import { Scroller } from '../../../components/scroller.tsx';
import type { ResourceOptions } from '../../../data/resource.ts';
import { useQuery } from '../../../data/use-query.ts';
import { count } from '../../../format/numbers.ts';
import type { Query } from '../../../views.ts';
import { useRecordCount, useRecordPage, useSoughtPage } from './record-list.ts';
import { isFiltered, pageAddress, pageCount, type RecordView } from './record-view.ts';

interface RecordPanelProps<Item> {
  /** What is listed, for screen readers. */
  readonly label: string;
  /** Of the list, without a query. */
  readonly path: string;
  readonly view: RecordView;
  /** Of every request, beside the filters. */
  readonly fixed?: Query;
  /** The list turns to the page with the first record from this instant on, ISO 8601. */
  readonly sought?: string | undefined;
  /** When the list may have new rows. */
  readonly reloadOptions: ResourceOptions;
  readonly filters: ComponentChildren;
  /** Stands above the list. */
  readonly detail?: ComponentChildren;
  /** Beside the count. */
  readonly actions?: ComponentChildren;
  /** One line where there is nothing. */
  readonly empty: string;
  /** What is counted: `9 positions`. */
  readonly total: (count: number) => string;
  readonly rowKey: (item: Item) => string;
  /** A row, with what belongs below it. */
  readonly children: (item: Item) => ComponentChildren;
}

/** Filters, a page of records, and the way to the other pages. */
export function RecordPanel<Item>(props: RecordPanelProps<Item>) {
  const { label, path, view, fixed = {}, filters, detail, empty, total, rowKey, children } = props;
  const { change } = useQuery();
  const list = useRecordPage<Item>(pageAddress(path, view, fixed));
  const page = list.data.value;
  const rows = useRef<HTMLUListElement>(null);
  const search = useSoughtPage(path, fixed, props.sought);
  const newest = useRecordCount(path, view, fixed, props.reloadOptions);
  const added = page === undefined || newest === undefined ? 0 : newest - page.total;
  // An empty list has no place to keep, and a list that became shorter is another one.
  const mustReload = added < 0 || (added > 0 && page?.total === 0);
  useEffect(() => {
    if (mustReload) list.reload();
  }, [mustReload, newest]);
  useEffect(() => {
    if (props.sought !== undefined) scrollToMarked(rows.current);
  }, [page, props.sought]);
  const showNewest = () => {
    change({ page: undefined });
    list.reload();
  };
  return (
    <>
      {detail}
      {filters}
      <ErrorNotice error={list.error.value} onRetry={list.reload} />
      <ErrorNotice error={search.error.value} onRetry={search.reload} />
      <Scroller class="records" label={`${label}, page ${view.page}`}>
        {added > 0 && !mustReload && (
          <button type="button" class="records-new" onClick={showNewest}>
            {count(added)} new
          </button>
        )}
        {page === undefined ? (
          list.error.value === undefined && <Skeleton lines={8} />
        ) : page.items.length === 0 ? (
          <p class="records-none">{isFiltered(view) ? 'Nothing matches these filters.' : empty}</p>
        ) : (
          <ul aria-label={label} ref={rows}>
            {page.items.map((item) => (
              <li key={rowKey(item)}>{children(item)}</li>
            ))}
          </ul>
        )}
      </Scroller>
      {page !== undefined && page.total > 0 && (
        <Pager
          page={view.page}
          pages={pageCount(page.total)}
          onPage={(to) => change({ page: to === 1 ? undefined : String(to) })}
        >
          {total(page.total)} {props.actions}
        </Pager>
      )}
    </>
  );
}

/** Scrolls a list, and nothing around it, to its marked row. */
function scrollToMarked(rows: HTMLElement | null): void {
  const list = rows?.parentElement;
  const row = rows?.querySelector('[aria-pressed=true], [aria-expanded=true]');
  if (list == null || row == null) return;
  const [outer, inner] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) list.scrollTop += inner.top - outer.top;
}
