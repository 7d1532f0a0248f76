import type { Kysely } from 'kysely';
import type { Row, Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { PasswordHash } from './password.ts';

export type TokenRow = Row<'access_tokens'>;

/** The rows of `access_password` and `access_tokens`. */
export interface AccessRepository {
  password(): Promise<PasswordHash | undefined>;
  /** Stores the first password; returns false when there is one already. */
  addPassword(password: PasswordHash, now: number): Promise<boolean>;
  /** Stores or replaces the password and deletes all sessions, in one transaction. */
  replacePassword(password: PasswordHash, now: number): Promise<void>;
  addToken(row: TokenRow): Promise<void>;
  findToken(hash: string): Promise<TokenRow | undefined>;
  touchToken(hash: string, now: number): Promise<void>;
  /** Newest first. */
  serviceTokens(): Promise<TokenRow[]>;
  /** Returns the number of tokens removed. */
  removeToken(by: { sessionHash: string } | { serviceId: string }): Promise<number>;
  removeSessions(): Promise<number>;
  removeExpired(now: number): Promise<void>;
}

const PASSWORD_ID = 1;

export function createAccessRepository(database: Kysely<Tables>): AccessRepository {
  return {
    password() {
      return database
        .selectFrom('access_password')
        .select(['salt', 'hash'])
        .where('id', '=', PASSWORD_ID)
        .executeTakeFirst();
    },

    async addPassword(password, now) {
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('access_password')
        .values({ id: PASSWORD_ID, ...password, set_at: now })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },

    async replacePassword(password, now) {
      await inTransaction(database, async (transaction) => {
        await transaction
          .insertInto('access_password')
          .values({ id: PASSWORD_ID, ...password, set_at: now })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...password, set_at: now }))
          .execute();
        await transaction.deleteFrom('access_tokens').where('kind', '=', 'session').execute();
      });
    },

    async addToken(row) {
      await database.insertInto('access_tokens').values(row).execute();
    },

    findToken(hash) {
      return database.selectFrom('access_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
    },

    async touchToken(hash, now) {
      await database
        .updateTable('access_tokens')
        .set({ last_used_at: now })
        .where('hash', '=', hash)
        .execute();
    },

    serviceTokens() {
      return database
        .selectFrom('access_tokens')
        .selectAll()
        .where('kind', '=', 'service')
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
    },

    async removeToken(by) {
      const all = database.deleteFrom('access_tokens');
      const one =
        'sessionHash' in by
          ? all.where('kind', '=', 'session').where('hash', '=', by.sessionHash)
          : all.where('kind', '=', 'service').where('id', '=', by.serviceId);
      return Number((await one.executeTakeFirst()).numDeletedRows);
    },

    async removeSessions() {
      const { numDeletedRows } = await database
        .deleteFrom('access_tokens')
        .where('kind', '=', 'session')
        .executeTakeFirst();
      return Number(numDeletedRows);
    },

    async removeExpired(now) {
      await database.deleteFrom('access_tokens').where('expires_at', '<=', now).execute();
    },
  };
}
