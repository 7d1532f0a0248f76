import { type Candle, type FundingRate, MINUTE_MS } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { candleOfNumbers, candleProblem } from '../exchange/candle-check.ts';
import { numberOfCell, timeOfCell } from './cells.ts';
import { areNames, type Columns, columnsByName, columnsByPosition } from './columns.ts';
import { type MarketFile, marketFileOf } from './market-file-name.ts';
import { readText } from './market-texts.ts';
import { NumberTable } from './number-table.ts';
import { readRows } from './read-rows.ts';
import type { RowBatch, TextRow } from './row-batch.ts';
import { type SortedRows, sortRows } from './sort-rows.ts';

/** Checked rows of a file, in the order of their times. */
export interface MarketRows<Row> extends Omit<SortedRows, 'order'> {
  readonly length: number;
  /** Lines with the names of the columns again, as joined files have. */
  readonly repeatedNames: number;
  /** Times in ms. @param index from 0 */
  timeOf(index: number): number;
  slice(from: number, to: number): Row[];
}

/**
 * The candles in a text.
 * @throws PaperdeskError MARKET_DATA_INVALID with the line and the number, also where two lines contradict each other
 */
export async function readCandleRows(
  texts: AsyncIterable<string>,
  file: MarketFile,
): Promise<MarketRows<Candle>> {
  const { content } = file;
  if (content === 'funding') throw new RangeError('The file holds funding rates.');
  const problemOf = (numbers: readonly number[]) => candleProblem(candleOfNumbers(numbers), content);
  return collect(texts, file, { problemOf, keyOf: (time) => time, rowOf: candleOfNumbers });
}

/**
 * The funding rates in a text. Exchanges stamp a settlement some ms late; it belongs to its minute (features.md#27).
 * @throws PaperdeskError MARKET_DATA_INVALID as `readCandleRows`
 */
export function readFundingRows(
  texts: AsyncIterable<string>,
  file: MarketFile,
): Promise<MarketRows<FundingRate>> {
  return collect(texts, file, {
    problemOf: fundingProblem,
    keyOf: minuteOf,
    rowOf: ([time, rate]) => ({ time: time!, rate: rate! }),
  });
}

/** All candles of a file that is named for what it holds. @throws PaperdeskError MARKET_DATA_INVALID */
export async function readCandleFile(path: string): Promise<Candle[]> {
  const rows = await readCandleRows(readText({ path }), marketFileOf(path));
  return rows.slice(0, rows.length);
}

/** All funding rates of a file. @throws PaperdeskError MARKET_DATA_INVALID */
export async function readFundingFile(path: string): Promise<FundingRate[]> {
  const rows = await readFundingRows(readText({ path }), marketFileOf(path));
  return rows.slice(0, rows.length);
}

/** The minute that a settlement belongs to, in ms. */
export function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}

function fundingProblem([time, rate]: readonly number[]): string | undefined {
  if (!Number.isSafeInteger(time) || time! < 0) return `the time ${time} is not a time in ms`;
  if (!(Math.abs(rate!) < 1)) return `the funding rate ${rate} is not a fraction`;
  return undefined;
}

interface Kind<Row> {
  problemOf(numbers: readonly number[]): string | undefined;
  keyOf(time: number): number;
  rowOf(numbers: readonly number[]): Row;
}

async function collect<Row>(
  texts: AsyncIterable<string>,
  file: MarketFile,
  { problemOf, keyOf, rowOf }: Kind<Row>,
): Promise<MarketRows<Row>> {
  const table = new NumberTable(file.content === 'funding' ? 2 : 6);
  let columns: Columns | undefined;
  let repeatedNames = 0;
  let unit: RowBatch['unit'] = 'Line';
  for await (const batch of readRows(texts)) {
    unit = batch.unit;
    for (const [index, row] of batch.rows.entries()) {
      const names = index === 0 ? batch.names : undefined;
      const areFirst = columns === undefined && names === undefined && areNames(row.cells);
      if (columns === undefined || names !== undefined) {
        const found = names ?? (areFirst ? row.cells : undefined);
        const known =
          found === undefined ? columnsByPosition(row.cells.length, file) : columnsByName(found, file);
        if (typeof known === 'string') throw invalid(unit, row.line, known);
        columns = known;
        if (areFirst) continue;
      }
      const numbers = numbersOf(row, columns);
      const problem = rowProblem(row, columns, file, numbers) ?? problemOf(numbers);
      if (problem === undefined) table.append(row.line, numbers);
      else if (namesAgain(row, columns, file)) repeatedNames += 1;
      else throw invalid(unit, row.line, problem);
    }
  }
  const sorted = sortRows(table, keyOf, (first, second) => contradiction(unit, table, first, second));
  const { order, duplicates, outOfOrder } = sorted;
  return {
    ...{ duplicates, outOfOrder, repeatedNames, length: order.length },
    timeOf: (index) => table.value(order[index]!, 0),
    slice: (from, to) => Array.from(order.subarray(from, to), (row) => rowOf(table.values(row))),
  };
}

function numbersOf({ cells }: TextRow, { places }: Columns): number[] {
  return places.map((place, index) => {
    const cell = cells[place] ?? '';
    return index === 0 ? timeOfCell(cell) : numberOfCell(cell);
  });
}

function rowProblem(
  { cells }: TextRow,
  { count, symbol, places }: Columns,
  file: MarketFile,
  [time]: readonly number[],
): string | undefined {
  if (cells.length !== count) return `there are ${cells.length} columns instead of ${count}`;
  if (Number.isNaN(time)) return `${JSON.stringify(cells[places[0]!]!.slice(0, 40))} is not a time`;
  const named =
    symbol === undefined ? '' : cells[symbol]!.replace(/:.*$/, '').replaceAll(/[-_/]/g, '').toUpperCase();
  return named === '' || named === file.symbol
    ? undefined
    : `it is of ${named.slice(0, 40)}, but the file is named for ${file.symbol}`;
}

/** Whether a row names the same columns, as where files were joined. */
function namesAgain({ cells }: TextRow, columns: Columns, file: MarketFile): boolean {
  if (!areNames(cells)) return false;
  const again = columnsByName(cells, file);
  return typeof again !== 'string' && again.places.every((place, index) => place === columns.places[index]);
}

function contradiction(unit: string, table: NumberTable, first: number, second: number): PaperdeskError {
  const time = table.value(second, 0);
  const [one, other] = [first, second].map((row) => table.values(row).slice(1).join(', '));
  return invalid(
    unit,
    table.lineOf(second),
    `it contradicts ${unit.toLowerCase()} ${table.lineOf(first)}: both are of ${time}, with the numbers ${other} and ${one}`,
  );
}

function invalid(unit: string, line: number, problem: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `${unit} ${line} cannot be used: ${problem}.`);
}
