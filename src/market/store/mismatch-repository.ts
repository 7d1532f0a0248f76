import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** A 15m candle that its 3m candles contradict. */
export interface CandleMismatch {
  /** Open time of the 15m candle, in ms. */
  readonly openTime: number;
  /** The fields that differ, with their numbers. */
  readonly problem: string;
  readonly foundAt: number;
  /** Time of the last new request for these candles (ms), and the number of new requests. */
  readonly requestedAt: number;
  readonly requests: number;
}

/** The rows of `candle_mismatches`. */
export interface MismatchRepository {
  /** The mismatches of 15m candles that open at `from` (ms) or later, in order of time. */
  list(symbol: string, from?: number): Promise<CandleMismatch[]>;
  /** Stores a mismatch, in place of the stored one of its candle. */
  put(symbol: string, mismatch: CandleMismatch): Promise<void>;
  remove(symbol: string, openTime: number): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createMismatchRepository(database: Kysely<Tables>): MismatchRepository {
  return {
    list: (symbol, from = 0) =>
      database
        .selectFrom('candle_mismatches')
        .select(['open_time as openTime', 'problem', 'found_at as foundAt'])
        .select(['asked_at as requestedAt', 'asks as requests'])
        .where('symbol', '=', symbol)
        .where('open_time', '>=', from)
        .orderBy('open_time')
        .execute(),

    async put(
      symbol,
      { openTime: open_time, problem, foundAt: found_at, requestedAt: asked_at, requests: asks },
    ) {
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
