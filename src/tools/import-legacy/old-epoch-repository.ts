import type { Kysely } from 'kysely';
import { createAccountRepository, type NewStoredAccount } from '../../accounts/account-repository.ts';
import { lineRow } from '../../accounts/account-rows.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { PaperLotRow, Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
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

const ROWS_PER_STATEMENT = 500;

export function createOldEpochRepository(database: Kysely<Tables>): OldEpochRepository {
  return {
    async find(accountId) {
      const account = await database
        .selectFrom('paper_accounts')
        .select('symbol')
        .where('id', '=', accountId)
        .executeTakeFirst();
      if (account === undefined) return { state: 'none', symbol: null };
      const old = await database
        .selectFrom('paper_epochs')
        .select('epoch')
        .where('account_id', '=', accountId)
        .where('epoch', '=', OLD_EPOCH)
        .executeTakeFirst();
      return { state: old === undefined ? 'account' : 'with old epoch', symbol: account.symbol };
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
        const epoch = epochOf(initial_balance);
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('paper_epochs')
          .values({
            account_id: id,
            epoch: OLD_EPOCH,
            initial_balance: epoch.initialBalance,
            started_at: epoch.startedAt,
            ended_at: epoch.endedAt,
            hidden: 0,
          })
          .onConflict((conflict) => conflict.columns(['account_id', 'epoch']).doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        for (const some of chunksOf(lotRows(epoch)))
          await transaction.insertInto('paper_lots').values(some).execute();
        for (const some of chunksOf(epoch.lines.map(lineRow)))
          await transaction.insertInto('paper_ledger').values(some).execute();
        await bumpRevision(transaction, `account:${id}`);
        return true;
      });
    },
  };
}

function lotRows({ accountId, positions }: OldEpoch): PaperLotRow[] {
  return positions.map((position, index) => ({
    id: position.id,
    account_id: accountId,
    epoch: OLD_EPOCH,
    sequence: index + 1,
    status: 'CLOSED',
    key: position.key,
    origin: position.origin,
    side: position.side,
    entry_price: position.entryPrice,
    quantity: position.quantity,
    notional: position.notional,
    margin: position.margin,
    leverage: position.leverage,
    stop_loss: position.stopLoss,
    take_profit: position.takeProfit,
    opened_at: position.openedAt,
    steps: position.steps,
    hold_clock: position.holdClock,
    max_steps: position.maxSteps,
    entry_fee: position.entryFee,
    funding: position.funding,
    exit_price: position.exitPrice,
    closed_at: position.closedAt,
    close_reason: position.reason,
    gross_pnl: position.grossPnl,
    exit_fee: position.exitFee,
    net_pnl: position.netPnl,
  }));
}

function* chunksOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
}
