import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { count } from '../format/numbers.ts';
import { Button } from './button.tsx';
import type { Column } from './columns.tsx';
import { Scroller } from './scroller.tsx';
import { type SortOrder, sortRows } from './sort-rows.ts';
import { useFocusAfterRemoval } from './use-focus-after-removal.ts';

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Replaces a table without rows. */
  readonly empty: ComponentChildren;
  readonly initialOrder?: SortOrder;
  /** Rows shown at first, and added by each "Show more". */
  readonly pageSize?: number;
  /** Makes the first cell of each row a button. */
  readonly onOpen?: (row: Row) => void;
  /** CSS length from which on the rows scroll below the header. */
  readonly height?: string;
}

/** A table with sortable columns and a sticky header. Long lists are shown page by page. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
  initialOrder,
  pageSize = 100,
  onOpen,
  height,
}: DataTableProps<Row>) {
  const [order, setOrder] = useState<SortOrder | undefined>(initialOrder);
  const [limit, setLimit] = useState(pageSize);
  const rendered = useGrowing(limit);
  const sorted = useMemo(() => {
    const value = columns.find((column) => keyOf(column) === order?.key)?.value;
    return value === undefined || order === undefined ? rows : sortRows(rows, value, order.direction);
  }, [rows, columns, order]);
  if (rows.length === 0) return <>{empty}</>;

  const shown = sorted.slice(0, rendered);
  return (
    <>
      <Scroller class="table-scroller" label={caption} height={height}>
        <table class="table">
          <caption class="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <ColumnHeader
                  key={keyOf(column)}
                  column={column}
                  order={order}
                  onOrder={column.value !== undefined ? setOrder : undefined}
                />
              ))}
            </tr>
          </thead>
          <TableBody rows={shown} {...{ columns, rowKey, onOpen }} />
        </table>
      </Scroller>
      {sorted.length > pageSize && (
        <div class="row spread table-footer">
          <span>
            {count(shown.length)}
            {shown.length < sorted.length && ` of ${count(sorted.length)}`} rows
          </span>
          {limit < sorted.length && (
            <Button size="small" onClick={() => setLimit(limit + pageSize)}>
              Show more
            </Button>
          )}
        </div>
      )}
    </>
  );
}

/** Rows that are added in one frame, so that hundreds of them do not block the page. */
const ROWS_PER_FRAME = 25;

/** Follows a number of rows; where it grows, by a few in each frame. */
function useGrowing(limit: number): number {
  const [reached, setReached] = useState(limit);
  useEffect(() => {
    if (reached >= limit) return;
    const frame = requestAnimationFrame(() => setReached(Math.min(limit, reached + ROWS_PER_FRAME)));
    return () => cancelAnimationFrame(frame);
  }, [reached, limit]);
  return Math.min(reached, limit);
}

interface TableBodyProps<Row> extends Pick<DataTableProps<Row>, 'rows' | 'columns' | 'rowKey'> {
  readonly onOpen: ((row: Row) => void) | undefined;
}

function TableBody<Row>({ rows, columns, rowKey, onOpen }: TableBodyProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  useFocusAfterRemoval(body);
  return (
    <tbody ref={body}>
      {rows.map((row) => (
        <TableRow key={rowKey(row)} {...{ row, columns, onOpen }} />
      ))}
    </tbody>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly onOpen: ((row: Row) => void) | undefined;
}

/** Memoized by row and columns, so that long tables stay fast. */
function TableRow<Row>({ row, columns, onOpen }: TableRowProps<Row>) {
  const open = useRef(onOpen);
  open.current = onOpen;
  const canOpen = onOpen !== undefined;
  return useMemo(
    () => (
      <tr>
        {columns.map((column, index) => (
          <td key={keyOf(column)} class={classOf(column)}>
            {index === 0 && canOpen ? (
              <button type="button" class="link user-text" onClick={() => open.current?.(row)}>
                {cellOf(column, row)}
              </button>
            ) : (
              cellOf(column, row)
            )}
          </td>
        ))}
      </tr>
    ),
    [row, columns, canOpen],
  );
}

interface ColumnHeaderProps<Row> {
  readonly column: Column<Row>;
  readonly order: SortOrder | undefined;
  /** undefined where the column cannot be sorted. */
  readonly onOrder: ((order: SortOrder) => void) | undefined;
}

function ColumnHeader<Row>({ column, order, onOrder }: ColumnHeaderProps<Row>) {
  const key = keyOf(column);
  const direction = order?.key === key ? order.direction : undefined;
  // The first click puts the largest number or the first name on top.
  const firstDirection = column.isNumber === true ? 'descending' : 'ascending';
  const otherDirection = direction === 'ascending' ? 'descending' : 'ascending';
  const text = (
    <>
      {column.label === '' ? <span class="visually-hidden">Actions</span> : column.label}
      {column.unit !== undefined && <span class="unit"> {column.unit}</span>}
    </>
  );
  return (
    <th scope="col" class={classOf(column)} aria-sort={direction}>
      {onOrder === undefined ? (
        text
      ) : (
        <button
          type="button"
          onClick={() =>
            onOrder({ key, direction: direction === undefined ? firstDirection : otherDirection })
          }
        >
          <span>{text}</span>
          <span class="sort-mark" aria-hidden="true">
            {direction === 'ascending' ? '▲' : direction === 'descending' ? '▼' : ''}
          </span>
        </button>
      )}
    </th>
  );
}

function keyOf<Row>({ key, label }: Column<Row>): string {
  return key ?? label;
}

function cellOf<Row>({ cell, value }: Column<Row>, row: Row): ComponentChildren {
  return cell === undefined ? value?.(row) : cell(row);
}

function classOf<Row>({ isNumber, isDesktopOnly, isPhoneOnly }: Column<Row>): string | undefined {
  const classes = [isNumber && 'number', isDesktopOnly && 'desktop-only', isPhoneOnly && 'phone-only'];
  return classes.filter(Boolean).join(' ') || undefined;
}
