import type { ComponentChildren } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { count } from '../format/numbers.ts';
import { Button } from './button.tsx';
import { type SortOrder, sortRows } from './sort-rows.ts';

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  /** Stands behind the label: USDT, %, UTC. */
  readonly unit?: string;
  /** What to sort by; without it the column cannot be sorted. */
  readonly value?: (row: Row) => string | number | null | undefined;
  /** What to show; the value itself unless given. What changes by itself, like an age, has to be a component. */
  readonly cell?: (row: Row) => ComponentChildren;
  /** Numbers stand at the end of their cell. */
  readonly isNumber?: boolean;
  /** Not shown on phones. */
  readonly isMinor?: boolean;
  /** Shown on phones only, for example what other columns say, in short. */
  readonly isForPhones?: boolean;
}

interface DataTableProps<Row> {
  /** What the table lists, for those who cannot see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What stands there when there are no rows. */
  readonly empty: ComponentChildren;
  readonly order?: SortOrder;
  /** Rows drawn at first, and added by each "Show more". */
  readonly pageSize?: number;
  /** Fetches further rows from the service; undefined when there are none. */
  readonly onMore?: (() => void) | undefined;
  readonly isLoadingMore?: boolean;
  /** Makes the first cell of a row a button. */
  readonly onOpen?: (row: Row) => void;
  readonly selectedKey?: string | undefined;
  /** CSS length after which the rows scroll under the head. */
  readonly height?: string;
}

/** Rows of like things: sortable, with a head that stays; long lists are drawn in pages. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
  order: first,
  pageSize = 100,
  onMore,
  isLoadingMore = false,
  onOpen,
  selectedKey,
  height,
}: DataTableProps<Row>) {
  const [order, setOrder] = useState<SortOrder | undefined>(first);
  const [shown, setShown] = useState(pageSize);
  const sorted = useMemo(() => {
    const value = columns.find(({ key }) => key === order?.key)?.value;
    return value === undefined || order === undefined ? rows : sortRows(rows, value, order.direction);
  }, [rows, columns, order]);
  if (rows.length === 0) return <>{empty}</>;

  const drawn = sorted.slice(0, shown);
  const more = drawn.length < sorted.length ? () => setShown(shown + pageSize) : onMore;
  return (
    <>
      <section
        class="table-area"
        aria-label={caption}
        // Rows and columns beyond the edge have to be reachable by keys.
        tabIndex={0}
        style={{ '--table-height': height }}
      >
        <table class="table">
          <caption class="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <ColumnHead key={column.key} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {drawn.map((row) => {
              const key = rowKey(row);
              const isSelected = selectedKey === undefined ? undefined : key === selectedKey;
              return <Cells key={key} row={row} columns={columns} isSelected={isSelected} onOpen={onOpen} />;
            })}
          </tbody>
        </table>
      </section>
      {(more !== undefined || sorted.length > pageSize) && (
        <div class="table-foot">
          <span>
            {count(drawn.length)}
            {drawn.length < sorted.length && ` of ${count(sorted.length)}`}
            {onMore !== undefined && '+'} rows
          </span>
          {more !== undefined && (
            <Button size="small" onClick={more} isBusy={isLoadingMore}>
              Show more
            </Button>
          )}
        </div>
      )}
    </>
  );
}

interface CellsProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly isSelected: boolean | undefined;
  readonly onOpen: ((row: Row) => void) | undefined;
}

/** One row; drawn again only when it, the columns or its selection are others, so that long lists stay quick. */
function Cells<Row>({ row, columns, isSelected, onOpen }: CellsProps<Row>) {
  const open = useRef(onOpen);
  open.current = onOpen;
  const canOpen = onOpen !== undefined;
  return useMemo(
    () => (
      <tr aria-selected={isSelected}>
        {columns.map((column, index) => (
          <td key={column.key} class={classOf(column)}>
            {index === 0 && canOpen ? (
              <button type="button" class="link foreign" onClick={() => open.current?.(row)}>
                {cellOf(column, row)}
              </button>
            ) : (
              cellOf(column, row)
            )}
          </td>
        ))}
      </tr>
    ),
    [row, columns, isSelected, canOpen],
  );
}

function classOf<Row>({ isNumber, isMinor, isForPhones }: Column<Row>): string | undefined {
  return (
    [isNumber && 'number', isMinor && 'minor', isForPhones && 'for-phones'].filter(Boolean).join(' ') ||
    undefined
  );
}

function cellOf<Row>({ cell, value }: Column<Row>, row: Row): ComponentChildren {
  return cell === undefined ? value?.(row) : cell(row);
}

interface ColumnHeadProps<Row> {
  readonly column: Column<Row>;
  readonly order: SortOrder | undefined;
  readonly onOrder: (order: SortOrder) => void;
}

function ColumnHead<Row>({ column, order, onOrder }: ColumnHeadProps<Row>) {
  const { key, label, unit, value, isNumber = false } = column;
  const direction = order?.key === key ? order.direction : undefined;
  // Numbers are looked at from the largest, names from A.
  const firstDirection = isNumber ? 'descending' : 'ascending';
  const other = direction === 'ascending' ? 'descending' : 'ascending';
  const text = (
    <>
      {label}
      {unit !== undefined && <span class="unit"> {unit}</span>}
    </>
  );
  return (
    <th scope="col" class={classOf(column)} aria-sort={direction}>
      {value === undefined ? (
        text
      ) : (
        <button
          type="button"
          onClick={() => onOrder({ key, direction: direction === undefined ? firstDirection : other })}
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
