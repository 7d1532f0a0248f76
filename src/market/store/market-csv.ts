import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Candle, FundingRate, Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { candleProblem } from '../exchange/candle-check.ts';

const CANDLE_COLUMNS = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume'] as const;
const FUNDING_COLUMNS = ['time_ms', 'funding_rate'] as const;

/** Ten million candles; a gzip file that grows beyond this is not market data. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;

const unzip = promisify(gunzip);

/** Reads a text file, gzipped or not. @throws PaperdeskError MARKET_DATA_INVALID when it cannot be unpacked */
export async function readMarketText(file: string): Promise<string> {
  const bytes = await readFile(file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return (await unzip(bytes, { maxOutputLength: MAX_TEXT_BYTES })).toString('utf8');
  } catch (error) {
    throw new PaperdeskError(
      'MARKET_DATA_INVALID',
      `${file} cannot be unpacked: ${(error as Error).message}.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Candles of a CSV with the columns `open_time_ms,open,high,low,close,volume`, in strictly ascending order.
 * @throws PaperdeskError MARKET_DATA_INVALID naming the line and the number
 */
export function parseCandleCsv(text: string, timeframe: Timeframe): Candle[] {
  const candles: Candle[] = [];
  for (const { line, values } of rows(text, CANDLE_COLUMNS)) {
    const [openTime, open, high, low, close, volume] = values as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const candle = { openTime, open, high, low, close, volume };
    const problem = candleProblem(candle, timeframe);
    if (problem !== undefined) throw invalid(line, problem);
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

/** The lines after the header as numbers, in the order of `columns`, with their line numbers from 1. */
function* rows(text: string, columns: readonly string[]): Generator<{ line: number; values: number[] }> {
  let line = 0;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(start, end).trimEnd();
    start = end + 1;
    line += 1;
    if (line === 1) {
      if (content.replace(/^\uFEFF/, '') !== columns.join(',')) {
        throw invalid(line, `the columns must be ${columns.join(',')}`);
      }
      continue;
    }
    if (content === '') continue;
    const cells = content.split(',');
    if (cells.length !== columns.length) {
      throw invalid(line, `there are ${cells.length} columns instead of ${columns.length}`);
    }
    yield { line, values: cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))) };
  }
  if (line === 0) throw invalid(1, 'the file is empty');
}

function invalid(line: number, problem: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `Line ${line} cannot be used: ${problem}.`);
}
