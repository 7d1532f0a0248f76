import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import type { Database } from '../../db/connection.ts';
import { bumpRevision } from '../../db/revisions.ts';
import { inTransaction } from '../../db/transaction.ts';

/** Market data of symbols that no package, account or replay names, and that are not marked to be kept. */
export interface UnusedCandleRepository {
  /** Keeps the market data of a symbol for good. */
  keep(symbol: string): Promise<void>;
  /** The symbols with candles that nothing needs, in alphabetical order. */
  unused(): Promise<string[]>;
  /** Open time (ms) of the newest candle of a symbol; undefined if there is none. */
  newest(symbol: string): Promise<number | undefined>;
  /**
   * Removes some of the candles of an unused symbol that are older than the newest `most` of their timeframe, and with
   * `most` 0 everything about it. Does nothing if the symbol is needed by now.
   * @returns whether there is more to remove
   */
  removeSome(symbol: string, most: number): Promise<boolean>;
}

const TIMEFRAMES = Object.keys(TIMEFRAME_MS) as Timeframe[];
/** A transaction takes some milliseconds. */
const ROWS_PER_TRANSACTION = 5000;

/** @param database the open store */
export function createUnusedCandleRepository(database: Database): UnusedCandleRepository {
  const candlesOf = (from: Database, symbol: string, timeframe: Timeframe) =>
    from.selectFrom('candles').where('symbol', '=', symbol).where('timeframe', '=', timeframe);

  /** The open time of the oldest candle that stays; undefined if all may stay. */
  async function boundOf(from: Database, symbol: string, timeframe: Timeframe, most: number) {
    const query = candlesOf(from, symbol, timeframe).select('open_time').orderBy('open_time', 'desc');
    if (most === 0) return (await query.executeTakeFirst()) && Number.MAX_SAFE_INTEGER;
    const oldestKept = await query
      .offset(most - 1)
      .limit(1)
      .executeTakeFirst();
    const isMore = await query.offset(most).limit(1).executeTakeFirst();
    return isMore && oldestKept?.open_time;
  }

  /** Removes the oldest candles that open before `bound`. */
  async function removeOldest(from: Database, symbol: string, timeframe: Timeframe, bound: number) {
    const oldest = candlesOf(from, symbol, timeframe).select('open_time').orderBy('open_time');
    const last = await oldest.offset(ROWS_PER_TRANSACTION).limit(1).executeTakeFirst();
    const before = Math.min(bound, last?.open_time ?? bound);
    for (const table of ['candles', 'candle_mismatches'] as const)
      await from
        .deleteFrom(table)
        .where('symbol', '=', symbol)
        .where('timeframe', '=', timeframe)
        .where('open_time', '<', before)
        .execute();
    await from
      .deleteFrom('candle_gaps')
      .where('symbol', '=', symbol)
      .where('timeframe', '=', timeframe)
      .where('from_time', '<', before)
      .execute();
  }

  return {
    async keep(symbol) {
      await database
        .insertInto('kept_symbols')
        .values({ symbol })
        .onConflict((conflict) => conflict.column('symbol').doNothing())
        .execute();
    },

    async unused() {
      const needed = await neededSymbols(database);
      return (await storedSymbols(database)).filter((symbol) => !needed.has(symbol));
    },

    async newest(symbol) {
      const times = await Promise.all(
        TIMEFRAMES.map((timeframe) =>
          candlesOf(database, symbol, timeframe)
            .select('open_time')
            .orderBy('open_time', 'desc')
            .limit(1)
            .executeTakeFirst(),
        ),
      );
      const found = times.flatMap((row) => row?.open_time ?? []);
      return found.length === 0 ? undefined : Math.max(...found);
    },

    removeSome: (symbol, most) =>
      inTransaction(database, async (transaction) => {
        // First, so that writers of one symbol take turns.
        await bumpRevision(transaction, `market:${symbol}`);
        if ((await neededSymbols(transaction)).has(symbol)) return false;
        for (const timeframe of TIMEFRAMES) {
          const bound = await boundOf(transaction, symbol, timeframe, most);
          if (bound === undefined) continue;
          await removeOldest(transaction, symbol, timeframe, bound);
          return true;
        }
        if (most === 0)
          for (const table of ['funding_rates', 'funding_coverage'] as const)
            await transaction.deleteFrom(table).where('symbol', '=', symbol).execute();
        return false;
      }),
  };
}

/** One look into the index for each: a `distinct` would read all candles. */
async function storedSymbols(database: Database): Promise<string[]> {
  const symbols: string[] = [];
  for (;;) {
    const next = await database
      .selectFrom('candles')
      .select('symbol')
      .where('symbol', '>', symbols.at(-1) ?? '')
      .orderBy('symbol')
      .limit(1)
      .executeTakeFirst();
    if (next === undefined) return symbols;
    symbols.push(next.symbol);
  }
}

async function neededSymbols(database: Database): Promise<Set<string>> {
  const packages = await database.selectFrom('model_packages').select('manifest').execute();
  const needed = new Set(packages.map(({ manifest }) => (JSON.parse(manifest) as { symbol: string }).symbol));
  for (const table of ['paper_accounts', 'replays', 'backfills', 'kept_symbols'] as const) {
    const rows = await database.selectFrom(table).select('symbol').distinct().execute();
    for (const { symbol } of rows) needed.add(symbol);
  }
  return needed;
}
