import type { Column } from '../../components/columns.tsx';

/** A column of names of factors, which may be long. */
export function factorColumn<Row>(factorOf: (row: Row) => string): Column<Row> {
  return {
    label: 'Factor',
    value: factorOf,
    cell: (row) => <span class="factor-name">{factorOf(row)}</span>,
  };
}
