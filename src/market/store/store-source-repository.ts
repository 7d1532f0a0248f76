import type { Kysely } from 'kysely';
import { requireMoved } from '../../db/move-mark.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { PaperdeskError } from '../../errors.ts';

/** The origin of a store's candles. */
export interface MarketSource {
  /** ccxt id of the exchange. */
  readonly exchange: string;
  readonly kind: 'live' | 'recorded';
}

const FACT = 'market_source';

/**
 * Records the market of a store at the first start and checks it at every later one, so that candles of a recording and
 * of the real market, or of two exchanges, are never mixed.
 * @throws PaperdeskError MARKET_SOURCE_MISMATCH saying what to do; STORE_UNUSABLE for an unfinished copy of a store
 */
export async function claimStore(database: Kysely<Tables>, source: MarketSource): Promise<void> {
  const expected = `${source.kind} ${source.exchange}`;
  const found = await inTransaction(database, async (transaction) => {
    await transaction
      .insertInto('store_facts')
      .values({ key: FACT, value: expected })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    await requireMoved(transaction);
    const row = transaction.selectFrom('store_facts').select('value').where('key', '=', FACT);
    return (await row.executeTakeFirstOrThrow()).value;
  });
  if (found === expected) return;
  throw new PaperdeskError(
    'MARKET_SOURCE_MISMATCH',
    `This store holds the market "${found}" and cannot be opened for "${expected}". Set DATABASE_URL to a file in ` +
      'another data directory for this market, or EXCHANGE and MARKET_SOURCE back to what the store holds.',
  );
}
