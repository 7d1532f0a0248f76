import type { ComponentChildren } from 'preact';
import type { Column } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import type { PagedResource } from './use-paged-list.ts';

interface PagedTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly list: PagedResource<Row>;
  readonly rowKey: (row: Row) => string;
  readonly empty: ComponentChildren;
  readonly onOpen?: (row: Row) => void;
  readonly selectedKey?: string | undefined;
}

/** A list that is loaded page by page, as a table. */
export function PagedTable<Row>({ list, ...table }: PagedTableProps<Row>) {
  return (
    <WhenLoaded resource={list.pages} lines={10}>
      {({ items }) => (
        <>
          <DataTable
            {...table}
            rows={items}
            isSortable={false}
            onMore={list.loadMore}
            isLoadingMore={list.isLoadingMore}
            height="34rem"
          />
          <ErrorNotice error={list.loadMoreError} />
        </>
      )}
    </WhenLoaded>
  );
}
