import type { Kysely } from 'kysely';
import type { Timeframe } from '../../candle.ts';
import type { Tables } from '../../db/tables.ts';

/** Up to where a consumer has been given closed candles. */
export interface CandleCursor {
  readonly consumer: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open time of the next candle it is given, in ms. */
  readonly next: number;
}

type Key = Omit<CandleCursor, 'next'>;

/** The rows of `candle_cursors`. */
export interface CursorRepository {
  /** The cursor of a consumer; one that has none begins at `next`. */
  begin(cursor: CandleCursor): Promise<number>;
  find(key: Key): Promise<number | undefined>;
  list(): Promise<CandleCursor[]>;
  /** Moves a cursor if it still stands at `from`; otherwise nothing changes and the answer is false. */
  move(key: Key, from: number, to: number): Promise<boolean>;
  remove(key: Key): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createCursorRepository(database: Kysely<Tables>): CursorRepository {
  async function find({ consumer, symbol, timeframe }: Key): Promise<number | undefined> {
    const row = await database
      .selectFrom('candle_cursors')
      .select('next_time')
      .where('consumer', '=', consumer)
      .where('symbol', '=', symbol)
      .where('timeframe', '=', timeframe)
      .executeTakeFirst();
    return row?.next_time;
  }

  return {
    find,

    async begin({ consumer, symbol, timeframe, next }) {
      await database
        .insertInto('candle_cursors')
        .values({ consumer, symbol, timeframe, next_time: next })
        .onConflict((conflict) => conflict.columns(['consumer', 'symbol', 'timeframe']).doNothing())
        .execute();
      return (await find({ consumer, symbol, timeframe })) ?? next;
    },

    async list() {
      const rows = await database
        .selectFrom('candle_cursors')
        .selectAll()
        .orderBy('consumer')
        .orderBy('symbol')
        .execute();
      return rows.map(({ consumer, symbol, timeframe, next_time }) => ({
        consumer,
        symbol,
        timeframe: timeframe as Timeframe,
        next: next_time,
      }));
    },

    async move({ consumer, symbol, timeframe }, from, to) {
      const { numUpdatedRows } = await database
        .updateTable('candle_cursors')
        .set({ next_time: to })
        .where('consumer', '=', consumer)
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('next_time', '=', from)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async remove({ consumer, symbol, timeframe }) {
      await database
        .deleteFrom('candle_cursors')
        .where('consumer', '=', consumer)
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .execute();
    },
  };
}
