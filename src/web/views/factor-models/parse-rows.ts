type Value = number | null;

/** A row of `POST …/predict`: values in the order of the inputs, or by factor name. */
export type PredictRow = readonly Value[] | Readonly<Record<string, Value>>;

/** The rows, or what is wrong with the text, in a sentence. */
export type ParsedRows = { readonly rows: readonly PredictRow[] } | { readonly problem: string };

const MISSING = /^(|nan|null|none|na)$/i;

/**
 * Parses rows of factor values: JSON (one row or a list of rows), or lines of numbers separated by commas, semicolons,
 * tabs or spaces, optionally below a line of factor names.
 */
export function parseRows(text: string): ParsedRows {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Enter at least one row of factor values.' };
  return /^[[{]/.test(trimmed) ? parseJson(trimmed) : parseLines(trimmed);
}

function parseJson(text: string): ParsedRows {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `Invalid JSON: ${(error as Error).message}` };
  }
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
  const rows = isList ? (value as unknown[]) : [value];
  const wrong = rows.findIndex((row) => !Object.values(row as object).every(isValue));
  if (wrong === -1) return { rows: rows as PredictRow[] };
  return { problem: `Row ${wrong + 1} has a value that is neither a number nor null.` };
}

function isValue(value: unknown): value is Value {
  return value === null || Number.isFinite(value);
}

function parseLines(text: string): ParsedRows {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const separator = [/\t/, /;/, /,/].find((one) => one.test(text)) ?? /\s+/;
  const fields = lines.map((line) =>
    line
      .trim()
      .split(separator)
      .map((field) => field.trim()),
  );
  const [first] = fields as [string[]];
  const names = first.every((field) => parseValue(field) === undefined) ? first : undefined;
  const rows: PredictRow[] = [];
  for (const [index, line] of fields.entries()) {
    if (index === 0 && names !== undefined) continue;
    const parsed = line.map(parseValue);
    const wrong = parsed.indexOf(undefined);
    if (wrong !== -1)
      return { problem: `Line ${index + 1} has ${JSON.stringify(line[wrong])} where a number should be.` };
    if (names !== undefined && parsed.length !== names.length) {
      return { problem: `Line ${index + 1} has ${parsed.length} values below ${names.length} names.` };
    }
    const values = parsed as Value[];
    rows.push(
      names === undefined ? values : Object.fromEntries(names.map((name, at) => [name, values[at]!])),
    );
  }
  return rows.length === 0
    ? { problem: 'There is a line of names, but no row of values below it.' }
    : { rows };
}

/** null for a missing value; undefined for what is not a number. */
function parseValue(field: string): Value | undefined {
  if (MISSING.test(field)) return null;
  const value = Number(field);
  return Number.isFinite(value) ? value : undefined;
}
