interface SmallTableProps {
  readonly columns: readonly string[];
  /** Cells of a row; the first one names it, the others are numbers. */
  readonly rows: readonly (readonly string[])[];
}

/** A table of a few numbers. */
export function SmallTable({ columns, rows }: SmallTableProps) {
  return (
    <table class="small-table">
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column} scope="col" class={index === 0 ? '' : 'number'}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...numbers]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {numbers.map((number, index) => (
              <td key={columns[index]} class="number">
                {number}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
