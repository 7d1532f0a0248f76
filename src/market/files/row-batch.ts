/** A row of a file as text. */
export interface TextRow {
  /** From 1: of the line, or of the row in JSON. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface RowBatch {
  /** What the numbers of rows count. */
  readonly unit: 'Line' | 'Row';
  /** The names of columns that each row has, where rows carry them themselves. */
  readonly names?: readonly string[];
  readonly rows: readonly TextRow[];
}
