import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables.ts';

/** A 15m candle that its 3m candles contradict. */
export interface CandleMismatch {
  /** Open time of the 15m candle, in ms. */
  readonly openTime: number;
  /** In what, with the numbers. */
  readonly problem: string;
  readonly foundAt: number;
  /** When the exchange was last asked for these candles again, and how often it was. */
  readonly askedAt: number;
  readonly asks: number;
}

/** The rows of `candle_mismatches`. */
export interface MismatchRepository {
  /** Those of the 15m candles that open at `from` (ms) or later, in order of time. */
  list(symbol: string, from?: number): Promise<CandleMismatch[]>;
  /** Stores one, in place of what was known of its candle. */
  put(symbol: string, mismatch: CandleMismatch): Promise<void>;
  remove(symbol: string, openTime: number): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createMismatchRepository(database: Kysely<Tables>): MismatchRepository {
  return {
    async list(symbol, from = 0) {
      const rows = await database
        .selectFrom('candle_mismatches')
        .selectAll()
        .where('symbol', '=', symbol)
        .where('open_time', '>=', from)
        .orderBy('open_time')
        .execute();
      return rows.map(mismatchOf);
    },

    async put(symbol, { openTime: open_time, problem, foundAt: found_at, askedAt: asked_at, asks }) {
      await database
        .insertInto('candle_mismatches')
        .values({ symbol, open_time, problem, found_at, asked_at, asks })
        .onConflict((conflict) =>
          conflict.columns(['symbol', 'open_time']).doUpdateSet({ problem, found_at, asked_at, asks }),
        )
        .execute();
    },

    async remove(symbol, openTime) {
      await database
        .deleteFrom('candle_mismatches')
        .where('symbol', '=', symbol)
        .where('open_time', '=', openTime)
        .execute();
    },
  };
}

function mismatchOf(row: Row<'candle_mismatches'>): CandleMismatch {
  const { open_time, problem, found_at, asked_at, asks } = row;
  return { openTime: open_time, problem, foundAt: found_at, askedAt: asked_at, asks };
}
