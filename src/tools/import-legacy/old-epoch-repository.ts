import type { Kysely } from 'kysely';
import { createAccountRepository, type NewStoredAccount } from '../../accounts/account-repository.ts';
import { closedLotColumns } from '../../accounts/account-rows.ts';
import { insertRows } from '../../db/insert-rows.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import { positionNumbers } from '../../trading/position-numbers.ts';
import { OLD_EPOCH, type OldEpoch } from './old-epoch.ts';

/** The epochs that accounts have from the old system. */
export interface OldEpochRepository {
  /** Whether an account exists, whether it has an old epoch, and its symbol. */
  find(accountId: string): Promise<{
    readonly state: 'none' | 'account' | 'with old epoch';
    readonly symbol: string | null;
  }>;
  /**
   * Stores the old epoch of an account, and the account if it does not exist, in one transaction; returns false when the
   * account has an old epoch already.
   * @param epochOf creates the epoch from the initial balance of epoch 1
   */
  store(account: NewStoredAccount, epochOf: (firstBalance: number) => OldEpoch): Promise<boolean>;
}

export function createOldEpochRepository(database: Kysely<Tables>): OldEpochRepository {
  return {
    async find(accountId) {
      const found = await database
        .selectFrom('paper_accounts as account')
        .leftJoin('paper_epochs as old', (join) =>
          join.onRef('old.account_id', '=', 'account.id').on('old.epoch', '=', OLD_EPOCH),
        )
        .select(['account.symbol', 'old.epoch'])
        .where('account.id', '=', accountId)
        .executeTakeFirst();
      if (found === undefined) return { state: 'none', symbol: null };
      return { state: found.epoch === null ? 'account' : 'with old epoch', symbol: found.symbol };
    },

    store(account, epochOf) {
      return inTransaction(database, async (transaction) => {
        const { id } = account.account;
        await createAccountRepository(transaction).create(account);
        const { initial_balance } = await transaction
          .selectFrom('paper_epochs')
          .select('initial_balance')
          .where('account_id', '=', id)
          .where('epoch', '=', OLD_EPOCH + 1)
          .executeTakeFirstOrThrow();
        const { positions, lines, ...epoch } = epochOf(initial_balance);
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('paper_epochs')
          .values({ ...snakeKeys(epoch), epoch: OLD_EPOCH, hidden: 0 })
          .onConflict((conflict) => conflict.columns(['account_id', 'epoch']).doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        const numbered = positions
          .map((position, index) => ({ ...position, sequence: index + 1 }))
          .sort((a, b) => a.openedAt - b.openedAt);
        const numbers = positionNumbers(numbered);
        const lots = numbered.map((lot, index) => ({
          ...closedLotColumns(lot),
          ...{ account_id: id, epoch: OLD_EPOCH, sequence: lot.sequence, position: numbers[index] as number },
        }));
        await insertRows(transaction, 'paper_lots', lots);
        await insertRows(
          transaction,
          'paper_ledger',
          lines.map((line) => snakeKeys(line)),
        );
        await bumpRevision(transaction, `account:${id}`);
        return true;
      });
    },
  };
}
