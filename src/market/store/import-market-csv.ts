import { basename } from 'node:path';
import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { MAX_FUNDING_INTERVAL_MS } from '../exchange/answers.ts';
import { sameCandle } from '../exchange/candle-check.ts';
import { chunksOf } from './chunks.ts';
import { parseCandleCsv, parseFundingCsv, readMarketText } from './market-csv.ts';
import type { MarketRepository } from './market-repository.ts';
import { countIn, missingRanges, type TimeRange } from './time-ranges.ts';

/** The content of a file by its name, for example `BTCUSDT-15m.csv.gz` or `BTCUSDT-funding.csv`. */
export interface MarketFile {
  readonly symbol: string;
  readonly content: Timeframe | 'funding';
}

export interface ImportResult extends MarketFile {
  readonly rows: number;
  /** Open times (or settlements) of the first and the last row, in ms; null for a file without rows. */
  readonly first: number | null;
  readonly last: number | null;
  /** Rows that were not in the store before. */
  readonly added: number;
  /** Rows that differ from the stored ones, which are not changed. */
  readonly different: number;
  /** Candles that the file lacks, by their open times. */
  readonly gaps: readonly (TimeRange & { readonly candles: number })[];
}

const FILE_NAME = /^([\p{L}\p{N}]{2,40})-(\w+)\.csv(\.gz)?$/u;
const CANDLES_PER_TRANSACTION = 5_000;

/** @throws PaperdeskError MARKET_DATA_INVALID when the name does not say what the file holds */
export function marketFileOf(path: string): MarketFile {
  const [, symbol, content] = FILE_NAME.exec(basename(path)) ?? [];
  if (symbol !== undefined && content === 'funding') return { symbol, content };
  if (symbol !== undefined && content !== undefined && Object.hasOwn(TIMEFRAME_MS, content)) {
    return { symbol, content: content as Timeframe };
  }
  throw new PaperdeskError(
    'MARKET_DATA_INVALID',
    `${basename(path)} does not say what it holds: name it like BTCUSDT-15m.csv, BTCUSDT-3m.csv.gz or BTCUSDT-funding.csv.`,
  );
}

/**
 * Reads a whole file, checks every row, and only then stores what the store does not have.
 * @param now nothing that closes later is a closed candle, in ms
 * @throws PaperdeskError MARKET_DATA_INVALID with the file, the line and the number
 */
export async function importMarketCsv(
  path: string,
  repository: MarketRepository,
  now: number,
): Promise<ImportResult> {
  const { symbol, content } = marketFileOf(path);
  const text = await readMarketText(path);
  try {
    if (content === 'funding') return await importFunding(symbol, parseFundingCsv(text), repository, now);
    return await importCandles({ symbol, content }, parseCandleCsv(text, content), repository, now);
  } catch (error) {
    if (!(error instanceof PaperdeskError)) throw error;
    throw new PaperdeskError(error.code, `${basename(path)}: ${error.message}`, { cause: error });
  }
}

async function importCandles(
  { symbol, content }: { readonly symbol: string; readonly content: Timeframe },
  candles: readonly Candle[],
  repository: MarketRepository,
  now: number,
): Promise<ImportResult> {
  const step = TIMEFRAME_MS[content];
  const last = candles.at(-1);
  if (last !== undefined && last.openTime + step > now) throw inFuture(last.openTime + step);
  let [added, different] = [0, 0];
  for (const chunk of chunksOf(candles, CANDLES_PER_TRANSACTION)) {
    const range = { from: chunk[0]!.openTime, to: chunk.at(-1)!.openTime };
    const compared = await repository.beginWrite(symbol)(async (transaction) => {
      const stored = await transaction.candles.range(symbol, content, range.from, range.to);
      const known = new Map(
        stored.filter(({ filled }) => !filled).map((candle) => [candle.openTime, candle]),
      );
      const fresh = chunk.filter(({ openTime }) => !known.has(openTime));
      await transaction.candles.store(symbol, content, fresh);
      if (stored.some(({ filled }) => filled)) await transaction.gaps.settle(symbol, content, range, now);
      return {
        added: fresh.length,
        different: chunk.filter((one) => !sameCandle(known.get(one.openTime) ?? one, one)).length,
      };
    });
    added += compared.added;
    different += compared.different;
  }
  const times = candles.map(({ openTime }) => openTime);
  const [from = 0] = times;
  const missing = missingRanges(times, { from, to: times.at(-1) ?? Number.NEGATIVE_INFINITY }, step);
  const gaps = missing.map((range) => ({ ...range, candles: countIn(range, step) }));
  return { symbol, content, ...extentOf(times), added, different, gaps };
}

async function importFunding(
  symbol: string,
  funding: readonly FundingRate[],
  repository: MarketRepository,
  now: number,
): Promise<ImportResult> {
  const times = funding.map(({ time }) => time);
  const result = { symbol, content: 'funding', ...extentOf(times), gaps: [] } as const;
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return { ...result, added: 0, different: 0 };
  if (last > now) throw inFuture(last);
  // The rates are complete from the last hole on.
  const complete = times.findLast(
    (time, index) => index === 0 || time - (times[index - 1] as number) > MAX_FUNDING_INTERVAL_MS,
  );
  return repository.beginWrite(symbol)(async (transaction) => {
    const stored = await transaction.funding.range(symbol, first, last);
    const known = new Map(stored.map(({ time, rate }) => [time, rate]));
    const fresh = funding.filter(({ time }) => !known.has(time));
    const different = funding.filter(({ time, rate }) => (known.get(time) ?? rate) !== rate).length;
    await transaction.funding.store(symbol, fresh, { from: complete ?? first, to: last });
    return { ...result, added: fresh.length, different };
  });
}

function extentOf(times: readonly number[]) {
  return { rows: times.length, first: times[0] ?? null, last: times.at(-1) ?? null };
}

function inFuture(time: number): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `the last row is of ${new Date(time).toISOString()}, which is in the future.`,
  );
}
