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
 * Checks that a store holds this market, or none yet; changes nothing.
 * @throws PaperdeskError MARKET_SOURCE_MISMATCH saying what to do; STORE_UNUSABLE for an unfinished copy of a store
 */
export async function requireMarket(database: Kysely<Tables>, source: MarketSource): Promise<void> {
  await requireMoved(database);
  const row = await sourceOf(database).executeTakeFirst();
  if (row !== undefined) requireSame(row.value, source);
}

/**
 * Records the market of a store before the first candle is stored, and checks it every time after, so that candles of a
 * recording and of the real market, or of two exchanges, are never mixed.
 * @throws PaperdeskError as `requireMarket`
 */
export async function claimStore(database: Kysely<Tables>, source: MarketSource): Promise<void> {
  const found = await inTransaction(database, async (transaction) => {
    await transaction
      .insertInto('store_facts')
      .values({ key: FACT, value: wordsOf(source) })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    await requireMoved(transaction);
    return (await sourceOf(transaction).executeTakeFirstOrThrow()).value;
  });
  requireSame(found, source);
}

function sourceOf(database: Kysely<Tables>) {
  return database.selectFrom('store_facts').select('value').where('key', '=', FACT);
}

function wordsOf({ kind, exchange }: MarketSource): string {
  return `${kind} ${exchange}`;
}

function requireSame(found: string, source: MarketSource): void {
  if (found === wordsOf(source)) return;
  throw new PaperdeskError(
    'MARKET_SOURCE_MISMATCH',
    `This store holds the market "${found}" and cannot be opened for "${wordsOf(source)}". Set DATABASE_URL to a file ` +
      'in another data directory for this market, or EXCHANGE and MARKET_SOURCE back to what the store holds.',
  );
}
