import type { Kysely } from 'kysely';
import type { DecisionTimeframe } from '../../candle.ts';
import type { Tables } from '../../db/tables.ts';

/** A decision candle that its intrabar candles contradict. */
export interface CandleMismatch {
  readonly timeframe: DecisionTimeframe;
  /** Open time of the decision candle, in ms. */
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
  /** The mismatches of candles of `timeframe` that open at `from` (ms) or later, in order of time. */
  list(symbol: string, timeframe: DecisionTimeframe, from?: number): Promise<CandleMismatch[]>;
  /** Stores a mismatch, in place of the stored one of its candle. */
  put(symbol: string, mismatch: CandleMismatch): Promise<void>;
  remove(symbol: string, mismatch: Pick<CandleMismatch, 'timeframe' | 'openTime'>): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createMismatchRepository(database: Kysely<Tables>): MismatchRepository {
  return {
    list: async (symbol, timeframe, from = 0) => {
      const rows = await database
        .selectFrom('candle_mismatches')
        .select(['open_time as openTime', 'problem', 'found_at as foundAt'])
        .select(['asked_at as requestedAt', 'asks as requests'])
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('open_time', '>=', from)
        .orderBy('open_time')
        .execute();
      return rows.map((row) => ({ timeframe, ...row }));
    },

    async put(
      symbol,
      { timeframe, openTime: open_time, problem, foundAt: found_at, requestedAt: asked_at, requests: asks },
    ) {
      await database
        .insertInto('candle_mismatches')
        .values({ symbol, timeframe, open_time, problem, found_at, asked_at, asks })
        .onConflict((conflict) =>
          conflict
            .columns(['symbol', 'timeframe', 'open_time'])
            .doUpdateSet({ problem, found_at, asked_at, asks }),
        )
        .execute();
    },

    async remove(symbol, { timeframe, openTime }) {
      await database
        .deleteFrom('candle_mismatches')
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('open_time', '=', openTime)
        .execute();
    },
  };
}
