import type { Kysely } from 'kysely';
import type { Candle, Timeframe } from '../../candle.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Row, Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';

/** A closed candle; a filled one is flat, has no volume and stands in for one that the exchange does not have. */
export interface StoredCandle extends Candle {
  readonly filled: boolean;
}

/** The rows of `candles`. Open times are in ms, ranges include both ends, lists are in order of time. */
export interface CandleRepository {
  /**
   * Stores closed candles of the exchange. What is stored is not changed by anything but the exchange's own later
   * word: a candle that it now gives otherwise replaces the old one, and a filled one always gives way.
   */
  store(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): Promise<void>;
  /** Stores filled candles; where a candle of the exchange stands, it stays. */
  storeFilled(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): Promise<void>;
  range(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<StoredCandle[]>;
  /** Open times only, of filled ones too. */
  openTimes(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<number[]>;
  /** Closes of those that opened at these times (5000 at most), by their open time. */
  closesAt(
    symbol: string,
    timeframe: Timeframe,
    openTimes: readonly number[],
  ): Promise<ReadonlyMap<number, number>>;
  /** The newest `count` that opened at or before `to`. */
  newest(symbol: string, timeframe: Timeframe, count: number, to?: number): Promise<StoredCandle[]>;
  /** The oldest that opened at or after `from`. */
  oldest(symbol: string, timeframe: Timeframe, from: number): Promise<StoredCandle | undefined>;
}

/** Nine values a row; SQLite takes 32,766 and PostgreSQL 65,535 in one statement. */
const ROWS_PER_STATEMENT = 500;
/** A transaction is over in some milliseconds, so that a large import does not hold up anybody else. */
const STATEMENTS_PER_TRANSACTION = 10;

/** @param database the open store, or a transaction on it */
export function createCandleRepository(database: Kysely<Tables>): CandleRepository {
  async function write(
    symbol: string,
    timeframe: Timeframe,
    candles: readonly Candle[],
    statement: (db: Kysely<Tables>, rows: Row<'candles'>[]) => Promise<unknown>,
    filled: 0 | 1,
  ): Promise<void> {
    const rowsAtOnce = ROWS_PER_STATEMENT * STATEMENTS_PER_TRANSACTION;
    for (let start = 0; start < candles.length; start += rowsAtOnce) {
      const rows = candles
        .slice(start, start + rowsAtOnce)
        .map((candle) => rowOf(symbol, timeframe, candle, filled));
      await inTransaction(database, async (transaction) => {
        for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
          await statement(transaction, rows.slice(first, first + ROWS_PER_STATEMENT));
        }
        await bumpRevision(transaction, `market:${symbol}`);
      });
    }
  }

  const rowsOf = (symbol: string, timeframe: Timeframe) =>
    database
      .selectFrom('candles')
      .select(['open_time', 'open', 'high', 'low', 'close', 'volume', 'filled'])
      .where('symbol', '=', symbol)
      .where('timeframe', '=', timeframe);

  return {
    store: (symbol, timeframe, candles) => write(symbol, timeframe, candles, replaceRows, 0),
    storeFilled: (symbol, timeframe, candles) => write(symbol, timeframe, candles, insertRows, 1),

    async range(symbol, timeframe, from, to) {
      const rows = await rowsOf(symbol, timeframe)
        .where('open_time', '>=', from)
        .where('open_time', '<=', to)
        .orderBy('open_time')
        .execute();
      return rows.map(candleOf);
    },

    async openTimes(symbol, timeframe, from, to) {
      const rows = await database
        .selectFrom('candles')
        .select('open_time')
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('open_time', '>=', from)
        .where('open_time', '<=', to)
        .orderBy('open_time')
        .execute();
      return rows.map(({ open_time }) => open_time);
    },

    async closesAt(symbol, timeframe, openTimes) {
      if (openTimes.length === 0) return new Map();
      const rows = await database
        .selectFrom('candles')
        .select(['open_time', 'close'])
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('open_time', 'in', openTimes)
        .execute();
      return new Map(rows.map(({ open_time, close }) => [open_time, close]));
    },

    async newest(symbol, timeframe, count, to) {
      const query = rowsOf(symbol, timeframe).orderBy('open_time', 'desc').limit(count);
      const rows = await (to === undefined ? query : query.where('open_time', '<=', to)).execute();
      return rows.map(candleOf).reverse();
    },

    async oldest(symbol, timeframe, from) {
      const query = rowsOf(symbol, timeframe).where('open_time', '>=', from).orderBy('open_time').limit(1);
      const row = await query.executeTakeFirst();
      return row && candleOf(row);
    },
  };
}

function replaceRows(database: Kysely<Tables>, rows: Row<'candles'>[]): Promise<unknown> {
  return database
    .insertInto('candles')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['symbol', 'timeframe', 'open_time']).doUpdateSet((update) => ({
        open: update.ref('excluded.open'),
        high: update.ref('excluded.high'),
        low: update.ref('excluded.low'),
        close: update.ref('excluded.close'),
        volume: update.ref('excluded.volume'),
        filled: update.ref('excluded.filled'),
      })),
    )
    .execute();
}

function insertRows(database: Kysely<Tables>, rows: Row<'candles'>[]): Promise<unknown> {
  return database
    .insertInto('candles')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['symbol', 'timeframe', 'open_time']).doNothing())
    .execute();
}

function rowOf(symbol: string, timeframe: Timeframe, candle: Candle, filled: 0 | 1): Row<'candles'> {
  const { openTime: open_time, open, high, low, close, volume } = candle;
  return { symbol, timeframe, open_time, open, high, low, close, volume, filled };
}

function candleOf(row: Omit<Row<'candles'>, 'symbol' | 'timeframe'>): StoredCandle {
  const { open_time, open, high, low, close, volume, filled } = row;
  return { openTime: open_time, open, high, low, close, volume, filled: filled === 1 };
}
