import type { Timeframe } from '../../candle.ts';
import type { Database } from '../../db/connection.ts';
import type { ErrorCode } from '../../errors.ts';

/** Counts of the candles of a backfill that has ended. */
export interface BackfillResult {
  /** Stored candles of the range; `filled` of them were filled, in `gaps` gaps. */
  readonly candles: number;
  readonly filled: number;
  readonly gaps: number;
  /** Candles of the range that the exchange does not have, for example because the symbol is younger. */
  readonly missing: number;
}

/** What to fill: open times of the first and the last candle, in ms. */
export interface BackfillRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly to: number;
}

/** A backfill that is a job. */
export interface StoredBackfill extends BackfillRange {
  readonly id: string;
  readonly state: 'QUEUED' | 'DONE' | 'FAILED' | 'CANCELLED';
  /** Candles that are done. */
  readonly done: number;
  readonly result: BackfillResult | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
}

/** The rows of `backfills`. Equal ranges are one backfill. */
export interface BackfillRepository {
  /** Queues a backfill, also one that has ended. Returns its id. */
  request(range: BackfillRange, now: number): Promise<string>;
  find(id: string): Promise<StoredBackfill | undefined>;
  /** Ids of those that have not ended, oldest first. */
  queued(): Promise<readonly string[]>;
  progress(id: string, done: number): Promise<void>;
  /** Cancels the queued backfills of a symbol. Returns their ids. */
  cancel(symbol: string): Promise<readonly string[]>;
  /** Ends a queued backfill. */
  finish(id: string, outcome: Partial<Pick<StoredBackfill, 'result' | 'error'>>): Promise<void>;
}

/** @param database the open store */
export function createBackfillRepository(database: Database): BackfillRepository {
  const queued = (id: string) =>
    database.updateTable('backfills').where('id', '=', id).where('state', '=', 'QUEUED');
  return {
    async request({ symbol, timeframe, from, to }, now) {
      const id = `${symbol}-${timeframe}-${from}-${to}`;
      const fresh = {
        ...{ state: 'QUEUED' as const, done: 0, created_at: now },
        ...{ result: null, error_code: null, error_detail: null },
      };
      await database
        .insertInto('backfills')
        .values({ id, symbol, timeframe, from_time: from, to_time: to, ...fresh })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet(fresh).where('backfills.state', '!=', 'QUEUED'),
        )
        .execute();
      return id;
    },

    async find(id) {
      const query = database.selectFrom('backfills').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      if (row === undefined) return undefined;
      const { symbol, state, done, result, error_code: code } = row;
      return {
        ...{ id, symbol, state, done, timeframe: row.timeframe as Timeframe },
        ...{ from: row.from_time, to: row.to_time },
        result: result === null ? null : (JSON.parse(result) as BackfillResult),
        error: code === null ? null : { code: code as ErrorCode, detail: row.error_detail ?? '' },
      };
    },

    async queued() {
      const query = database.selectFrom('backfills').select('id').where('state', '=', 'QUEUED');
      return (await query.orderBy('created_at').orderBy('id').execute()).map(({ id }) => id);
    },

    async progress(id, done) {
      await queued(id).set({ done }).execute();
    },

    async cancel(symbol) {
      const rows = await database
        .updateTable('backfills')
        .set({ state: 'CANCELLED' })
        .where('symbol', '=', symbol)
        .where('state', '=', 'QUEUED')
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    },

    async finish(id, { result = null, error = null }) {
      await queued(id)
        .set({
          state: error === null ? 'DONE' : 'FAILED',
          result: result && JSON.stringify(result),
          error_code: error?.code ?? null,
          error_detail: error?.detail ?? null,
        })
        .execute();
    },
  };
}
