import { basename } from 'node:path';
import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { sameCandle } from '../exchange/candle-check.ts';
import { parseCandleCsv, parseFundingCsv, readMarketText } from './market-csv.ts';
import type { MarketRepository } from './market-repository.ts';

/** What a file holds, as its name says: `BTCUSDT-15m.csv.gz`, `BTCUSDT-funding.csv`. */
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
  /** Rows that the store has otherwise; what it has stays. */
  readonly different: number;
  /** Runs of rows that the file lacks, from the first to the last missing open time. */
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly candles: number }[];
}

const FILE_NAME = /^([\p{L}\p{N}]{2,40})-(\w+)\.csv(\.gz)?$/u;
/** Perpetuals settle at least this often. */
const LONGEST_FUNDING_INTERVAL_MS = 24 * 60 * 60_000;
const CANDLES_AT_ONCE = 5_000;

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
  if (last !== undefined && last.openTime + step > now) throw notYet(last.openTime + step);
  let [added, different] = [0, 0];
  for (let start = 0; start < candles.length; start += CANDLES_AT_ONCE) {
    const piece = candles.slice(start, start + CANDLES_AT_ONCE);
    const [from, to] = [piece[0]!.openTime, piece.at(-1)!.openTime];
    const stored = await repository.candles.range(symbol, content, from, to);
    const known = new Map(stored.filter(({ filled }) => !filled).map((one) => [one.openTime, one]));
    const fresh = piece.filter(({ openTime }) => !known.has(openTime));
    added += fresh.length;
    for (const candle of piece) {
      const twin = known.get(candle.openTime);
      if (twin !== undefined && !sameCandle(twin, candle)) different += 1;
    }
    await repository.together(async (transaction) => {
      await transaction.candles.store(symbol, content, fresh);
      const filledBefore = stored.some(({ filled }) => filled);
      if (filledBefore) await transaction.gaps.settle(symbol, content, from, to, now);
    });
  }
  const times = candles.map(({ openTime }) => openTime);
  return { symbol, content, ...spanOf(times), added, different, gaps: gapsOf(times, step) };
}

async function importFunding(
  symbol: string,
  funding: readonly FundingRate[],
  repository: MarketRepository,
  now: number,
): Promise<ImportResult> {
  const times = funding.map(({ time }) => time);
  const span = spanOf(times);
  if (span.first === null) return { symbol, content: 'funding', ...span, added: 0, different: 0, gaps: [] };
  if (span.last > now) throw notYet(span.last);
  const known = new Map(
    (await repository.funding.range(symbol, span.first, span.last)).map(({ time, rate }) => [time, rate]),
  );
  const fresh = funding.filter(({ time }) => !known.has(time));
  const different = funding.filter(({ time, rate }) => known.has(time) && known.get(time) !== rate).length;
  // Complete is what lies behind the last hole.
  const complete = times.findLast(
    (time, index) => index === 0 || time - (times[index - 1] as number) > LONGEST_FUNDING_INTERVAL_MS,
  );
  await repository.funding.store(symbol, fresh, { from: complete ?? span.first, to: span.last });
  return { symbol, content: 'funding', ...span, added: fresh.length, different, gaps: [] };
}

type RowSpan = { readonly rows: number } & (
  | { readonly first: number; readonly last: number }
  | { readonly first: null; readonly last: null }
);

function spanOf(times: readonly number[]): RowSpan {
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return { rows: 0, first: null, last: null };
  return { rows: times.length, first, last };
}

function gapsOf(times: readonly number[], step: number): ImportResult['gaps'] {
  const gaps: { from: number; to: number; candles: number }[] = [];
  times.forEach((time, index) => {
    const before = times[index - 1];
    if (before === undefined || time === before + step) return;
    gaps.push({ from: before + step, to: time - step, candles: (time - before) / step - 1 });
  });
  return gaps;
}

function notYet(time: number): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `the last row is of ${new Date(time).toISOString()}, which is still to come.`,
  );
}
