type Cell = number | null;

/** What `POST …/predict` takes: values by dim, or by the name of the factor. */
export type PredictRow = readonly Cell[] | Readonly<Record<string, Cell>>;

/** Rows, or what is wrong with the text, in a sentence. */
export type ParsedRows = { readonly rows: readonly PredictRow[] } | { readonly problem: string };

const MISSING = /^(|nan|null|none|na)$/i;

/**
 * Rows of factor values from what a person pastes: JSON (one row or a list of them), or lines of numbers between
 * commas, semicolons, tabs or spaces, below a line of names where there is one.
 */
export function parseRows(text: string): ParsedRows {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Paste at least one row of factor values.' };
  return /^[[{]/.test(trimmed) ? parseJson(trimmed) : parseLines(trimmed);
}

function parseJson(text: string): ParsedRows {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `This is no JSON: ${(error as Error).message}` };
  }
  const list = Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
  const rows = list ? (value as unknown[]) : [value];
  const wrong = rows.findIndex((row) => !Object.values(row as object).every(isCell));
  if (wrong === -1) return { rows: rows as PredictRow[] };
  return { problem: `Row ${wrong + 1} has a value that is neither a number nor null.` };
}

function isCell(value: unknown): value is Cell {
  return value === null || Number.isFinite(value);
}

function parseLines(text: string): ParsedRows {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const separator = /\t/.test(text) ? /\t/ : /;/.test(text) ? /;/ : /,/.test(text) ? /,/ : /\s+/;
  const fields = lines.map((line) =>
    line
      .trim()
      .split(separator)
      .map((field) => field.trim()),
  );
  const [first] = fields as [string[]];
  const names = first.every((field) => numberOf(field) === undefined) ? first : undefined;
  const rows: PredictRow[] = [];
  for (const [index, line] of fields.entries()) {
    if (index === 0 && names !== undefined) continue;
    const cells = line.map(numberOf);
    const wrong = cells.indexOf(undefined);
    if (wrong !== -1)
      return { problem: `Line ${index + 1} has ${JSON.stringify(line[wrong])} where a number should be.` };
    if (names !== undefined && cells.length !== names.length) {
      return { problem: `Line ${index + 1} has ${cells.length} values below ${names.length} names.` };
    }
    const values = cells as Cell[];
    rows.push(
      names === undefined ? values : Object.fromEntries(names.map((name, at) => [name, values[at]!])),
    );
  }
  return rows.length === 0
    ? { problem: 'There is a line of names, but no row of values below it.' }
    : { rows };
}

/** undefined for what is no number; null for what is missing. */
function numberOf(field: string): Cell | undefined {
  if (MISSING.test(field)) return null;
  const value = Number(field);
  return Number.isFinite(value) ? value : undefined;
}
