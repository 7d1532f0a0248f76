import type { Kysely } from 'kysely';
import { isPostgres } from '../db/engine.ts';
import type { Row, Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import { createSharedRead } from '../runtime/shared-read.ts';
import type { PasswordHash } from './password.ts';

export type TokenRow = Row<'access_tokens'>;

export type AccessRepository = ReturnType<typeof createAccessRepository>;

const PASSWORD_ID = 1;

/** The rows of `access_password` and `access_tokens`. */
export function createAccessRepository(database: Kysely<Tables>) {
  // Every request begins with these two.
  const selectPassword = database
    .selectFrom('access_password')
    .select(['salt', 'hash'])
    .where('id', '=', PASSWORD_ID)
    .compile();
  const readPassword = createSharedRead(async () => (await database.executeQuery(selectPassword)).rows[0]);
  const readTokens = createSharedRead(async (hashes: readonly string[]) => {
    const rows = await database.selectFrom('access_tokens').selectAll().where('hash', 'in', hashes).execute();
    return new Map(rows.map((row) => [row.hash, row]));
  });

  return {
    password: (): Promise<PasswordHash | undefined> => readPassword(),

    /** Stores the first password; returns false if there is one already. */
    async addPassword(password: PasswordHash, now: number): Promise<boolean> {
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('access_password')
        .values({ id: PASSWORD_ID, ...password, set_at: now })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },

    /** Stores or replaces the password and deletes all sessions, in one transaction. */
    async replacePassword(password: PasswordHash, now: number): Promise<void> {
      await inTransaction(database, async (transaction) => {
        await transaction
          .insertInto('access_password')
          .values({ id: PASSWORD_ID, ...password, set_at: now })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...password, set_at: now }))
          .execute();
        await transaction.deleteFrom('access_tokens').where('kind', '=', 'session').execute();
      });
    },

    async addToken(row: TokenRow): Promise<void> {
      await database.insertInto('access_tokens').values(row).execute();
    },

    /** Adds a session; returns false if the password has changed from the one with which it was opened. */
    addSession(row: TokenRow, openedWith: PasswordHash): Promise<boolean> {
      return inTransaction(database, async (transaction) => {
        const query = transaction.selectFrom('access_password').select('hash').where('id', '=', PASSWORD_ID);
        // A change of the password waits until the session is there, and then removes it.
        const locked = isPostgres(transaction) ? query.forShare() : query;
        if ((await locked.executeTakeFirst())?.hash !== openedWith.hash) return false;
        await transaction.insertInto('access_tokens').values(row).execute();
        return true;
      });
    },

    findToken: async (hash: string): Promise<TokenRow | undefined> => (await readTokens(hash)).get(hash),

    async touchToken(hash: string, now: number): Promise<void> {
      await database
        .updateTable('access_tokens')
        .set({ last_used_at: now })
        .where('hash', '=', hash)
        .execute();
    },

    /** Newest first. */
    serviceTokens(): Promise<TokenRow[]> {
      return database
        .selectFrom('access_tokens')
        .selectAll()
        .where('kind', '=', 'service')
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
    },

    /** Returns the number of tokens removed. */
    async removeToken(by: { sessionHash: string } | { serviceId: string }): Promise<number> {
      const all = database.deleteFrom('access_tokens');
      const one =
        'sessionHash' in by
          ? all.where('kind', '=', 'session').where('hash', '=', by.sessionHash)
          : all.where('kind', '=', 'service').where('id', '=', by.serviceId);
      return Number((await one.executeTakeFirst()).numDeletedRows);
    },

    /** Removes all of a kind; returns how many there were. */
    async removeTokens(kind: TokenRow['kind']): Promise<number> {
      const { numDeletedRows } = await database
        .deleteFrom('access_tokens')
        .where('kind', '=', kind)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },

    async removeExpired(now: number): Promise<void> {
      await database.deleteFrom('access_tokens').where('expires_at', '<=', now).execute();
    },
  };
}
