import { PaperdeskError } from '../../errors.ts';
import type { RowBatch, TextRow } from './row-batch.ts';

/** A candle has some hundred characters. */
const MAX_LINE = 65_536;
/** The first of them that is in the first line separates the cells. */
const SEPARATORS = [';', '\t', '|', ','] as const;

/** The lines of a CSV; blank ones, comments and a line with the address of its source are left out. */
export async function* csvRows(texts: AsyncIterable<string>): AsyncGenerator<RowBatch> {
  let rest = '';
  let line = 0;
  let separator: string | undefined;
  const rowsOf = (lines: readonly string[]): RowBatch => {
    const rows: TextRow[] = [];
    for (const whole of lines) {
      line += 1;
      const content = whole.trim();
      if (content === '' || content.startsWith('#') || /^https?:\/\/\S+$/.test(content)) continue;
      separator ??= SEPARATORS.find((one) => content.includes(one)) ?? ',';
      // Without `trim` of the whole line, a last cell that is empty after a tab would be lost.
      rows.push({ line, cells: cellsOf(separator === '\t' ? whole.replace(/\r$/, '') : content, separator) });
    }
    return { unit: 'Line', rows };
  };
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > MAX_LINE) {
      throw new PaperdeskError(
        'MARKET_DATA_INVALID',
        `Line ${line + lines.length + 1} cannot be used: it has more than ${MAX_LINE} characters.`,
      );
    }
    yield rowsOf(lines);
  }
  yield rowsOf([rest]);
}

/** csv-parse takes several times as long for a million lines. */
function cellsOf(line: string, separator: string): string[] {
  const cells = line.includes('"') ? quotedCells(line, separator) : line.split(separator);
  // Where semicolons separate cells, numbers are written with a comma.
  return cells.map((cell) =>
    separator === ';' ? cell.trim().replace(/^([+-]?\d+),(\d+)$/, '$1.$2') : cell.trim(),
  );
}

function quotedCells(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}
