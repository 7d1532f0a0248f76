import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Candle, FundingRate, Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { candleOfNumbers, candleProblem } from '../exchange/candle-check.ts';

const CANDLE_COLUMNS = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume'] as const;
const FUNDING_COLUMNS = ['time_ms', 'funding_rate'] as const;

/** Ten million candles; a gzip file with more is not market data. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;

const unzip = promisify(gunzip);

/** Reads a text file, gzipped or not. @throws PaperdeskError MARKET_DATA_INVALID when it cannot be decompressed */
export async function readMarketText(file: string): Promise<string> {
  const bytes = await readFile(file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return (await unzip(bytes, { maxOutputLength: MAX_TEXT_BYTES })).toString('utf8');
  } catch (cause) {
    const problem = `${file} cannot be decompressed: ${(cause as Error).message}.`;
    throw new PaperdeskError('MARKET_DATA_INVALID', problem, { cause });
  }
}

/**
 * Candles of a CSV with the columns `open_time_ms,open,high,low,close,volume`, in strictly ascending order.
 * @throws PaperdeskError MARKET_DATA_INVALID naming the line and the number
 */
export function parseCandleCsv(text: string, timeframe: Timeframe): Candle[] {
  const candles: Candle[] = [];
  for (const { line, values } of rows(text, CANDLE_COLUMNS)) {
    const candle = candleOfNumbers(values);
    const problem = candleProblem(candle, timeframe);
    if (problem !== undefined) throw invalid(line, problem);
    const { openTime } = candle;
    const previous = candles.at(-1)?.openTime ?? Number.NEGATIVE_INFINITY;
    if (openTime <= previous) throw invalid(line, `the open time ${openTime} does not follow ${previous}`);
    candles.push(candle);
  }
  return candles;
}

/**
 * Funding rates of a CSV with the columns `time_ms,funding_rate`, in strictly ascending order.
 * @throws PaperdeskError MARKET_DATA_INVALID naming the line and the number
 */
export function parseFundingCsv(text: string): FundingRate[] {
  const funding: FundingRate[] = [];
  for (const { line, values } of rows(text, FUNDING_COLUMNS)) {
    const [time, rate] = values as [number, number];
    if (!Number.isSafeInteger(time) || time < 0) throw invalid(line, `the time ${time} is not a time in ms`);
    if (!(Math.abs(rate) < 1)) throw invalid(line, `the funding rate ${rate} is not a fraction`);
    const previous = funding.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    if (time <= previous) throw invalid(line, `the time ${time} does not follow ${previous}`);
    funding.push({ time, rate });
  }
  return funding;
}

/**
 * The lines after the header as numbers, in the order of `columns`, with their line numbers from 1. The format has
 * numbers only, no quotes; csv-parse takes several times as long for a million lines.
 */
function* rows(text: string, columns: readonly string[]): Generator<{ line: number; values: number[] }> {
  if (text === '') throw invalid(1, 'the file is empty');
  let line = 0;
  for (const [whole] of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const content = whole.trimEnd();
    line += 1;
    if (line === 1) {
      if (content.replace(/^\uFEFF/, '') === columns.join(',')) continue;
      throw invalid(line, `the columns must be ${columns.join(',')}`);
    }
    if (content === '') continue;
    const cells = content.split(',');
    if (cells.length !== columns.length)
      throw invalid(line, `there are ${cells.length} columns instead of ${columns.length}`);
    yield { line, values: cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))) };
  }
}

function invalid(line: number, problem: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `Line ${line} cannot be used: ${problem}.`);
}
