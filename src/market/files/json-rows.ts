import { PaperdeskError } from '../../errors.ts';
import type { RowBatch, TextRow } from './row-batch.ts';

/** A row has some hundred characters. */
const MAX_ROW = 65_536;
const MAX_DEPTH = 8;

/**
 * The rows of a JSON list of lists or objects. Each is parsed by itself: the whole of a long file would take several times
 * its size in memory.
 */
export async function* jsonRows(texts: AsyncIterable<string>): AsyncGenerator<RowBatch> {
  const scanner = new RowScanner();
  let line = 0;
  for await (const text of texts) {
    const values = scanner.push(text, line + 1).map((row) => {
      line += 1;
      return parseRow(row, line);
    });
    yield* batchesOf(values, line - values.length + 1);
  }
  scanner.end(line + 1);
}

/** Cuts the elements of a list out of text. */
class RowScanner {
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  #isOver = false;
  #row = '';

  /** The elements that end in `text`. @param next number of the first of them */
  push(text: string, next: number): string[] {
    const rows: string[] = [];
    let begin = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at]!;
      if (this.#isText) this.#inText(character);
      else if (character === '"') this.#isText = true;
      else if (character === '[' || character === '{') {
        if (this.#isOver) throw invalid(next + rows.length, 'the list has ended before');
        if (this.#depth === 0 && character === '{')
          throw invalid(1, 'it is a JSON object; a list of rows is needed');
        if (this.#depth === 1) begin = at;
        this.#depth += 1;
        if (this.#depth > MAX_DEPTH) throw invalid(next + rows.length, 'it is nested too deeply');
      } else if (character === ']' || character === '}') {
        this.#depth -= 1;
        if (this.#depth === 1) {
          rows.push(this.#row + text.slice(begin, at + 1));
          this.#row = '';
        }
        this.#isOver ||= this.#depth === 0;
      } else if (this.#depth <= 1 && !/[\s,]/.test(character)) {
        throw invalid(next + rows.length, 'it is neither a list nor an object');
      }
    }
    if (this.#depth > 1) this.#row += text.slice(begin);
    if (this.#row.length > MAX_ROW)
      throw invalid(next + rows.length, `it has more than ${MAX_ROW} characters`);
    return rows;
  }

  /** @throws when the list did not end */
  end(next: number): void {
    if (!this.#isOver) throw invalid(next, 'the file ends before its list does; it is cut off');
  }

  #inText(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#isText = false;
  }
}

function parseRow(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(line, 'it is not valid JSON', cause);
  }
}

/** Rows that carry the same names follow each other in one batch. */
function* batchesOf(values: readonly unknown[], first: number): Generator<RowBatch> {
  let batch: { names: readonly string[] | undefined; rows: TextRow[] } | undefined;
  for (const [index, value] of values.entries()) {
    const names = Array.isArray(value) ? undefined : Object.keys(value as object);
    const cells = Object.values(value as object).map(cellOf);
    if (batch === undefined || batch.names?.join('\n') !== names?.join('\n')) {
      if (batch !== undefined) yield asBatch(batch);
      batch = { names, rows: [] };
    }
    batch.rows.push({ line: first + index, cells });
  }
  if (batch !== undefined) yield asBatch(batch);
}

function asBatch({ names, rows }: { names: readonly string[] | undefined; rows: TextRow[] }): RowBatch {
  return { unit: 'Row', rows, ...(names && { names }) };
}

function cellOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function invalid(row: number, problem: string, cause?: unknown): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `Row ${row} cannot be used: ${problem}.`, { cause });
}
