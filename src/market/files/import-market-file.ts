import { type Candle, type FundingRate, MINUTE_MS, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { MAX_FUNDING_INTERVAL_MS } from '../exchange/answers.ts';
import { sameCandle } from '../exchange/candle-check.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import { countIn, type TimeRange } from '../store/time-ranges.ts';
import type { FoundFile } from './find-market-files.ts';
import type { MarketFile } from './market-file-name.ts';
import { readText } from './market-texts.ts';
import { type MarketRows, minuteOf, readCandleRows, readFundingRows } from './read-market-rows.ts';

export interface ImportResult extends MarketFile {
  /** Different rows. */
  readonly rows: number;
  /** Rows that repeat another one with the same numbers. */
  readonly duplicates: number;
  /** Rows that came after a later one. */
  readonly outOfOrder: number;
  /** Lines between the rows that name the columns again. */
  readonly repeatedNames: number;
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

const CANDLES_PER_TRANSACTION = 5_000;

export interface ImportOptions {
  /** Nothing that closes later is a closed candle; ms. */
  readonly now: number;
  /** Called when the file is checked, before anything of it is stored. */
  claim?(): Promise<void>;
  /** Called with the part of the file that is stored, from 0 to 1. */
  onProgress?(part: number): void;
}

/**
 * Reads a whole file, checks every row, and only then stores what the store does not have.
 * @throws PaperdeskError MARKET_DATA_INVALID with the file, the line and the number; ZIP_* for its container
 */
export async function importMarketFile(
  file: FoundFile,
  repository: MarketRepository,
  options: ImportOptions,
): Promise<ImportResult> {
  const { symbol, content } = file;
  try {
    const texts = readText(file);
    return content === 'funding'
      ? await importFunding(symbol, await readFundingRows(texts, file), repository, options)
      : await importCandles(symbol, content, await readCandleRows(texts, file), repository, options);
  } catch (error) {
    if (!(error instanceof PaperdeskError)) throw error;
    throw new PaperdeskError(error.code, `${file.label}: ${error.message}`, { cause: error });
  }
}

async function importCandles(
  symbol: string,
  content: Timeframe,
  rows: MarketRows<Candle>,
  repository: MarketRepository,
  { now, claim, onProgress }: ImportOptions,
): Promise<ImportResult> {
  const step = TIMEFRAME_MS[content];
  const extent = extentOf(rows);
  if (extent.last !== null && extent.last + step > now) throw inFuture(extent.last + step);
  if (rows.length > 0) await claim?.();
  let [added, different] = [0, 0];
  for (let start = 0; start < rows.length; start += CANDLES_PER_TRANSACTION) {
    const chunk = rows.slice(start, start + CANDLES_PER_TRANSACTION);
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
    onProgress?.((start + chunk.length) / rows.length);
  }
  return { symbol, content, ...extent, added, different, gaps: gapsIn(rows, step) };
}

function gapsIn(rows: MarketRows<Candle>, step: number): ImportResult['gaps'] {
  const gaps: (TimeRange & { readonly candles: number })[] = [];
  for (let index = 1; index < rows.length; index += 1) {
    const range = { from: rows.timeOf(index - 1) + step, to: rows.timeOf(index) - step };
    if (range.from <= range.to) gaps.push({ ...range, candles: countIn(range, step) });
  }
  return gaps;
}

async function importFunding(
  symbol: string,
  rows: MarketRows<FundingRate>,
  repository: MarketRepository,
  { now, claim }: ImportOptions,
): Promise<ImportResult> {
  const result = { symbol, content: 'funding', ...extentOf(rows), gaps: [] } as const;
  const { first, last } = result;
  if (first === null || last === null) return { ...result, added: 0, different: 0 };
  if (last > now) throw inFuture(last);
  await claim?.();
  const funding = rows.slice(0, rows.length);
  return repository.beginWrite(symbol)(async (transaction) => {
    const stored = await transaction.funding.range(symbol, minuteOf(first), minuteOf(last) + MINUTE_MS - 1);
    const known = new Map(stored.map(({ time, rate }) => [minuteOf(time), rate]));
    const fresh = funding.filter(({ time }) => !known.has(minuteOf(time)));
    const different = funding.filter(({ time, rate }) => (known.get(minuteOf(time)) ?? rate) !== rate).length;
    const complete = completeRange(funding, await transaction.funding.coverage(symbol));
    await transaction.funding.store(symbol, fresh, complete);
    return { ...result, added: fresh.length, different };
  });
}

/**
 * The range in which the rates of a file are complete: from its last hole on, and on to the stored ones where these follow
 * without a hole, as in files of consecutive months.
 */
function completeRange(funding: readonly FundingRate[], stored: TimeRange | undefined): TimeRange {
  const start = funding.findLastIndex(
    ({ time }, index) => index === 0 || time - funding[index - 1]!.time > MAX_FUNDING_INTERVAL_MS,
  );
  const range = { from: funding[start]!.time, to: funding.at(-1)!.time };
  if (stored === undefined) return range;
  const gapBefore = range.from - stored.to;
  const gapAfter = stored.from - range.to;
  return {
    from: gapBefore > 0 && gapBefore <= MAX_FUNDING_INTERVAL_MS ? stored.to : range.from,
    to: gapAfter > 0 && gapAfter <= MAX_FUNDING_INTERVAL_MS ? stored.from : range.to,
  };
}

function extentOf(rows: MarketRows<unknown>) {
  const { length, duplicates, outOfOrder, repeatedNames, timeOf } = rows;
  return {
    ...{ rows: length, duplicates, outOfOrder, repeatedNames },
    first: length === 0 ? null : timeOf(0),
    last: length === 0 ? null : timeOf(length - 1),
  };
}

function inFuture(time: number): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `the last row is of ${new Date(time).toISOString()}, which is in the future.`,
  );
}
