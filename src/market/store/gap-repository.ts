import type { Kysely } from 'kysely';
import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Row, Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';

/** An unbroken run of candles that the exchange did not have when it was asked, and that were filled. */
export interface CandleGap {
  /** Open times of the first and the last filled candle, in ms. */
  readonly from: number;
  readonly to: number;
  readonly candles: number;
  readonly foundAt: number;
  /** When the exchange was last asked for them, and how often it was. */
  readonly askedAt: number;
  readonly asks: number;
}

/** The rows of `candle_gaps`, which follow from the filled candles and remember when they were asked for. */
export interface GapRepository {
  /** Gaps that have a candle from `from` to `to`, in order of time. */
  range(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<CandleGap[]>;
  /** All gaps of a symbol, in order of time. */
  list(symbol: string, timeframe: Timeframe): Promise<CandleGap[]>;
  /** Brings the gaps from `from` to `to` up to date with the filled candles after the exchange was asked at `at`. */
  settle(symbol: string, timeframe: Timeframe, from: number, to: number, at: number): Promise<void>;
}

/** @param database the open store, or a transaction on it */
export function createGapRepository(database: Kysely<Tables>): GapRepository {
  const gapsOf = (db: Kysely<Tables>, symbol: string, timeframe: Timeframe) =>
    db
      .selectFrom('candle_gaps')
      .selectAll()
      .where('symbol', '=', symbol)
      .where('timeframe', '=', timeframe)
      .orderBy('from_time');

  async function range(db: Kysely<Tables>, symbol: string, timeframe: Timeframe, from: number, to: number) {
    const rows = await gapsOf(db, symbol, timeframe)
      .where('to_time', '>=', from)
      .where('from_time', '<=', to)
      .execute();
    return rows.map(gapOf);
  }

  return {
    range: (symbol, timeframe, from, to) => range(database, symbol, timeframe, from, to),

    async list(symbol, timeframe) {
      return (await gapsOf(database, symbol, timeframe).execute()).map(gapOf);
    },

    settle(symbol, timeframe, from, to, at) {
      return inTransaction(database, async (transaction) => {
        const known = await range(transaction, symbol, timeframe, from, to);
        const start = Math.min(from, ...known.map((gap) => gap.from));
        const end = Math.max(to, ...known.map((gap) => gap.to));
        const filled = await transaction
          .selectFrom('candles')
          .select('open_time')
          .where('symbol', '=', symbol)
          .where('timeframe', '=', timeframe)
          .where('open_time', '>=', start)
          .where('open_time', '<=', end)
          .where('filled', '=', 1)
          .orderBy('open_time')
          .execute();
        await transaction
          .deleteFrom('candle_gaps')
          .where('symbol', '=', symbol)
          .where('timeframe', '=', timeframe)
          .where('from_time', '>=', start)
          .where('from_time', '<=', end)
          .execute();
        const runs = runsOf(
          filled.map((row) => row.open_time),
          TIMEFRAME_MS[timeframe],
        );
        for (const run of runs) {
          const before = known.filter((gap) => gap.to >= run.from && gap.from <= run.to);
          await transaction
            .insertInto('candle_gaps')
            .values({
              symbol,
              timeframe,
              from_time: run.from,
              to_time: run.to,
              found_at: Math.min(at, ...before.map((gap) => gap.foundAt)),
              asked_at: at,
              asks: 1 + Math.max(0, ...before.map((gap) => gap.asks)),
            })
            .execute();
        }
        await bumpRevision(transaction, `market:${symbol}`);
      });
    },
  };
}

function gapOf(row: Row<'candle_gaps'>): CandleGap {
  return {
    from: row.from_time,
    to: row.to_time,
    candles: (row.to_time - row.from_time) / TIMEFRAME_MS[row.timeframe as Timeframe] + 1,
    foundAt: row.found_at,
    askedAt: row.asked_at,
    asks: row.asks,
  };
}

/** Unbroken runs in ascending `times` that are `step` apart. */
function runsOf(times: readonly number[], step: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const time of times) {
    const last = runs.at(-1);
    if (last !== undefined && time === last.to + step) last.to = time;
    else runs.push({ from: time, to: time });
  }
  return runs;
}
