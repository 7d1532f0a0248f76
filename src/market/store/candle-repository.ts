import { type Kysely, sql } from 'kysely';
import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { chunksOf } from './chunks.ts';

/** A closed candle; a filled one is flat, without volume, and replaces one that the exchange does not have. */
export interface StoredCandle extends Candle {
  readonly filled: boolean;
}

/** A candle that is made of shorter ones; `filled` says whether one of them is. */
export interface MadeCandle extends StoredCandle {
  /** Whether none of them is missing. */
  readonly complete: boolean;
}

/** Of a range of candles; prices are null without any. */
export interface CandleExtremes {
  readonly count: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The rows of `candles`. Open times are in ms, ranges include both ends, lists are in order of time. */
export interface CandleRepository {
  /**
   * Stores closed candles of the exchange. They replace stored ones: filled candles, and candles that the exchange has
   * corrected.
   */
  store(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): Promise<void>;
  /** Stores filled candles where no candle is stored. */
  storeFilled(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): Promise<void>;
  range(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<StoredCandle[]>;
  /** Open times only, of all candles or of filled ones. */
  openTimes(
    symbol: string,
    timeframe: Timeframe,
    from: number,
    to: number,
    which?: 'all' | 'filled',
  ): Promise<number[]>;
  /** Closes of the candles that opened at these times (5000 at most), by open time. */
  closesAt(
    symbol: string,
    timeframe: Timeframe,
    openTimes: readonly number[],
  ): Promise<ReadonlyMap<number, number>>;
  /** How many candles of the exchange opened from `from` to before `to`, with their lowest and highest price. */
  extremes(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<CandleExtremes>;
  /** Candles of `lengthMs`, made of shorter ones, that open from `from` to `to`; those of which nothing is stored are left out. */
  made(
    symbol: string,
    timeframe: Timeframe,
    lengthMs: number,
    range: { readonly from: number; readonly to: number },
  ): Promise<MadeCandle[]>;
  /** The newest `count` candles that opened at or before `to`. */
  newest(symbol: string, timeframe: Timeframe, count: number, to?: number): Promise<StoredCandle[]>;
  /** The oldest candle that opened at or after `from`. */
  oldest(symbol: string, timeframe: Timeframe, from: number): Promise<StoredCandle | undefined>;
}

/** Nine values a row; SQLite takes 32,766 and PostgreSQL 65,535 in one statement. */
const ROWS_PER_STATEMENT = 500;
/** A transaction takes some milliseconds, so that a large import does not delay other writers. */
const ROWS_PER_TRANSACTION = 10 * ROWS_PER_STATEMENT;

/** Sums of volumes are rounded, because binary addition is not exact. */
const VOLUME_DECIMALS = 8;

const COLUMNS = ['open_time as openTime', 'open', 'high', 'low', 'close', 'volume', 'filled'] as const;

/**
 * @param database the open store, or a transaction on it
 * @param replaces whether candles of the exchange replace one another; otherwise they replace filled ones only
 */
export function createCandleRepository(database: Kysely<Tables>, replaces = true): CandleRepository {
  async function write(
    symbol: string,
    timeframe: Timeframe,
    candles: readonly Candle[],
    filled: 0 | 1,
  ): Promise<void> {
    const rowOf = ({ openTime: open_time, open, high, low, close, volume }: Candle) => ({
      ...{ symbol, timeframe, open_time, open, high, low, close, volume, filled },
    });
    for (const chunk of chunksOf(candles, ROWS_PER_TRANSACTION)) {
      await inTransaction(database, async (transaction) => {
        // First, so that writers of one symbol take turns.
        await bumpRevision(transaction, `market:${symbol}`);
        for (const rows of chunksOf(chunk.map(rowOf), ROWS_PER_STATEMENT)) {
          const insert = transaction.insertInto('candles').values(rows);
          await insert
            .onConflict((conflict) => {
              const known = conflict.columns(['symbol', 'timeframe', 'open_time']);
              if (filled === 1) return known.doNothing();
              const replacing = known.doUpdateSet(({ ref }) => ({
                open: ref('excluded.open'),
                high: ref('excluded.high'),
                low: ref('excluded.low'),
                close: ref('excluded.close'),
                volume: ref('excluded.volume'),
                filled: ref('excluded.filled'),
              }));
              return replaces ? replacing : replacing.where('candles.filled', '=', 1);
            })
            .execute();
        }
      });
    }
  }

  const candlesOf = (symbol: string, timeframe: Timeframe) =>
    database.selectFrom('candles').where('symbol', '=', symbol).where('timeframe', '=', timeframe);

  const candlesBetween = (symbol: string, timeframe: Timeframe, from: number, to: number) =>
    candlesOf(symbol, timeframe)
      .where('open_time', '>=', from)
      .where('open_time', '<=', to)
      .orderBy('open_time');

  return {
    store: (symbol, timeframe, candles) => write(symbol, timeframe, candles, 0),
    storeFilled: (symbol, timeframe, candles) => write(symbol, timeframe, candles, 1),

    async range(symbol, timeframe, from, to) {
      const rows = await candlesBetween(symbol, timeframe, from, to).select(COLUMNS).execute();
      return rows.map(candleOf);
    },

    async openTimes(symbol, timeframe, from, to, which = 'all') {
      const query = candlesBetween(symbol, timeframe, from, to).select('open_time');
      const rows = await (which === 'all' ? query : query.where('filled', '=', 1)).execute();
      return rows.map(({ open_time }) => open_time);
    },

    async closesAt(symbol, timeframe, openTimes) {
      if (openTimes.length === 0) return new Map();
      const rows = await candlesOf(symbol, timeframe)
        .select(['open_time', 'close'])
        .where('open_time', 'in', openTimes)
        .execute();
      return new Map(rows.map(({ open_time, close }) => [open_time, close]));
    },

    extremes(symbol, timeframe, from, to) {
      return candlesOf(symbol, timeframe)
        .select(({ fn }) => [
          fn.countAll<number>().as('count'),
          fn.min<number | null>('low').as('low'),
          fn.max<number | null>('high').as('high'),
        ])
        .where('open_time', '>=', from)
        .where('open_time', '<', to)
        .where('filled', '=', 0)
        .executeTakeFirstOrThrow();
    },

    async made(symbol, timeframe, lengthMs, { from, to }) {
      // Literals, because SQLite binds all numbers as floats, whose division is not that of integers.
      const length = sql.lit(lengthMs);
      const parts = candlesOf(symbol, timeframe)
        .select([
          sql<number>`open_time / ${length} * ${length}`.as('openTime'),
          sql<number>`min(open_time)`.as('first'),
          sql<number>`max(open_time)`.as('last'),
          sql<number>`max(high)`.as('high'),
          sql<number>`min(low)`.as('low'),
          sql<number>`sum(volume)`.as('volume'),
          sql<number>`count(*)`.as('count'),
          sql<0 | 1>`max(filled)`.as('filled'),
        ])
        .where('open_time', '>=', from)
        .where('open_time', '<', to + lengthMs)
        .groupBy('openTime');
      const rows = await database
        .selectFrom(parts.as('part'))
        .innerJoin('candles as opening', (join) => join.onRef('opening.open_time', '=', 'part.first'))
        .innerJoin('candles as closing', (join) => join.onRef('closing.open_time', '=', 'part.last'))
        .select(['part.openTime', 'opening.open', 'part.high', 'part.low', 'closing.close', 'part.volume'])
        .select(['part.filled', 'part.count'])
        .where('opening.symbol', '=', symbol)
        .where('opening.timeframe', '=', timeframe)
        .where('closing.symbol', '=', symbol)
        .where('closing.timeframe', '=', timeframe)
        .orderBy('part.openTime')
        .execute();
      const whole = lengthMs / TIMEFRAME_MS[timeframe];
      return rows.map(({ count, volume, ...row }) => ({
        ...candleOf({ ...row, volume: Number(volume.toFixed(VOLUME_DECIMALS)) }),
        complete: count === whole,
      }));
    },

    async newest(symbol, timeframe, count, to = Number.MAX_SAFE_INTEGER) {
      const rows = await candlesOf(symbol, timeframe)
        .select(COLUMNS)
        .where('open_time', '<=', to)
        .orderBy('open_time', 'desc')
        .limit(count)
        .execute();
      return rows.map(candleOf).reverse();
    },

    async oldest(symbol, timeframe, from) {
      const query = candlesBetween(symbol, timeframe, from, Number.MAX_SAFE_INTEGER).select(COLUMNS);
      const row = await query.limit(1).executeTakeFirst();
      return row && candleOf(row);
    },
  };
}

function candleOf(row: Candle & { readonly filled: 0 | 1 }): StoredCandle {
  return { ...row, filled: row.filled === 1 };
}
