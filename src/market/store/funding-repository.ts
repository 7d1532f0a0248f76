import type { Kysely } from 'kysely';
import type { FundingRate } from '../../candle.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';

/** A span of time in ms, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The rows of `funding_rates`, and the span over which they are complete. Lists are in order of time. */
export interface FundingRepository {
  /** Stores settlements; `complete` is the span over which, with them, none is missing. */
  store(symbol: string, funding: readonly FundingRate[], complete: Span): Promise<void>;
  range(symbol: string, from: number, to: number): Promise<FundingRate[]>;
  /** The newest from `from` to `to` (ms). */
  newest(symbol: string, from: number, to: number): Promise<FundingRate | undefined>;
  /** The span without a missing settlement; undefined when nothing is known. */
  coverage(symbol: string): Promise<Span | undefined>;
}

const ROWS_PER_STATEMENT = 1000;

/** @param database the open store, or a transaction on it */
export function createFundingRepository(database: Kysely<Tables>): FundingRepository {
  async function coverage(db: Kysely<Tables>, symbol: string): Promise<Span | undefined> {
    const row = await db
      .selectFrom('funding_coverage')
      .selectAll()
      .where('symbol', '=', symbol)
      .executeTakeFirst();
    return row && { from: row.from_time, to: row.to_time };
  }

  const ratesOf = (symbol: string, from: number, to: number) =>
    database
      .selectFrom('funding_rates')
      .select(['time', 'rate'])
      .where('symbol', '=', symbol)
      .where('time', '>=', from)
      .where('time', '<=', to);

  return {
    store(symbol, funding, complete) {
      return inTransaction(database, async (transaction) => {
        for (let start = 0; start < funding.length; start += ROWS_PER_STATEMENT) {
          const rows = funding
            .slice(start, start + ROWS_PER_STATEMENT)
            .map(({ time, rate }) => ({ symbol, time, rate }));
          await transaction
            .insertInto('funding_rates')
            .values(rows)
            .onConflict((conflict) =>
              conflict
                .columns(['symbol', 'time'])
                .doUpdateSet((update) => ({ rate: update.ref('excluded.rate') })),
            )
            .execute();
        }
        const { from: from_time, to: to_time } = joined(await coverage(transaction, symbol), complete);
        await transaction
          .insertInto('funding_coverage')
          .values({ symbol, from_time, to_time })
          .onConflict((conflict) => conflict.column('symbol').doUpdateSet({ from_time, to_time }))
          .execute();
        await bumpRevision(transaction, `market:${symbol}`);
      });
    },

    range: (symbol, from, to) => ratesOf(symbol, from, to).orderBy('time').execute(),
    newest: (symbol, from, to) =>
      ratesOf(symbol, from, to).orderBy('time', 'desc').limit(1).executeTakeFirst(),

    coverage: (symbol) => coverage(database, symbol),
  };
}

/** One span of both where they meet; otherwise only the later one is kept in mind. */
function joined(known: Span | undefined, added: Span): Span {
  if (known === undefined) return added;
  const apart = known.to < added.from || added.to < known.from;
  if (apart) return added.to > known.to ? added : known;
  return { from: Math.min(known.from, added.from), to: Math.max(known.to, added.to) };
}
