import type { Database } from './connection.ts';
import { inTransaction } from './transaction.ts';

/** The key in `store_facts` of the id of a store. Copies of a store have the same id. */
const STORE_ID = 'id';

/** The id of the store, which gets one when it is first asked for. @param newId creates it */
export function storeId(database: Database, newId: () => string): Promise<string> {
  return inTransaction(database, async (transaction) => {
    await transaction
      .insertInto('store_facts')
      .values({ key: STORE_ID, value: newId() })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const row = transaction.selectFrom('store_facts').select('value').where('key', '=', STORE_ID);
    return (await row.executeTakeFirstOrThrow()).value;
  });
}
