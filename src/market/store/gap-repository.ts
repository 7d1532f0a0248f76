import type { Kysely } from 'kysely';
import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { createCandleRepository } from './candle-repository.ts';
import { countIn, joinRanges, type TimeRange } from './time-ranges.ts';

/** Consecutive candles that the exchange did not have when they were requested, and that were filled. */
export interface CandleGap extends TimeRange {
  readonly timeframe: Timeframe;
  readonly candles: number;
  readonly foundAt: number;
  /** Time of the last request for them (ms), and the number of requests. */
  readonly requestedAt: number;
  readonly requests: number;
}

/** The rows of `candle_gaps`, which follow from the filled candles and remember when they were requested. */
export interface GapRepository {
  /** Gaps that have a candle from `from` to `to` (ms; all by default), in order of time. */
  list(symbol: string, timeframe: Timeframe, from?: number, to?: number): Promise<CandleGap[]>;
  /** Brings the gaps in a range up to date with the filled candles after these were requested at `at` (ms). */
  settle(symbol: string, timeframe: Timeframe, range: TimeRange, at: number): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createGapRepository(database: Kysely<Tables>): GapRepository {
  return {
    async list(symbol, timeframe, from = 0, to = Number.MAX_SAFE_INTEGER) {
      const rows = await database
        .selectFrom('candle_gaps')
        .select(['from_time as from', 'to_time as to', 'found_at as foundAt'])
        .select(['asked_at as requestedAt', 'asks as requests'])
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('to_time', '>=', from)
        .where('from_time', '<=', to)
        .orderBy('from_time')
        .execute();
      return rows.map((row) => ({ ...row, timeframe, candles: countIn(row, TIMEFRAME_MS[timeframe]) }));
    },

    settle(symbol, timeframe, { from, to }, at) {
      return inTransaction(database, async (transaction) => {
        await bumpRevision(transaction, `market:${symbol}`);
        const known = await createGapRepository(transaction).list(symbol, timeframe, from, to);
        const start = Math.min(from, ...known.map((gap) => gap.from));
        const end = Math.max(to, ...known.map((gap) => gap.to));
        const candles = createCandleRepository(transaction);
        const filled = await candles.openTimes(symbol, timeframe, start, end, 'filled');
        await transaction
          .deleteFrom('candle_gaps')
          .where('symbol', '=', symbol)
          .where('timeframe', '=', timeframe)
          .where('from_time', '>=', start)
          .where('from_time', '<=', end)
          .execute();
        const times = filled.map((time) => ({ from: time, to: time }));
        for (const gap of joinRanges(times, TIMEFRAME_MS[timeframe])) {
          const before = known.filter((one) => one.to >= gap.from && one.from <= gap.to);
          const found_at = Math.min(at, ...before.map(({ foundAt }) => foundAt));
          const asks = 1 + Math.max(0, ...before.map(({ requests }) => requests));
          await transaction
            .insertInto('candle_gaps')
            .values({ symbol, timeframe, from_time: gap.from, to_time: gap.to, found_at, asked_at: at, asks })
            .execute();
        }
      });
    },
  };
}
