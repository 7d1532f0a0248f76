import { createHash } from 'node:crypto';
import { PaperdeskError } from '../errors.ts';
import { type ResetOptions, reset } from '../trading/account-commands.ts';
import { accountIdOfLot, lotId } from '../trading/ledger.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import {
  type CurrentMarket,
  closeManually,
  type ManualOrder,
  manualLotKey,
  openManually,
} from '../trading/manual-order.ts';
import { concatOutcomes, type Outcome, unchangedOutcome } from '../trading/outcome.ts';
import type { AccountMarket } from './account-market.ts';
import { marketOf, type StoredAccount } from './account-repository.ts';
import type { Accounts } from './accounts.ts';
import { catchUpForOrder } from './catch-up.ts';
import type { HistoryRepository } from './history-repository.ts';

/** A manual order; a repetition with the same key opens no second lot. */
export interface ManualOrderRequest extends Omit<ManualOrder, 'key'> {
  readonly idempotencyKey: string;
}

/** Orders and resets by hand, at our price (paper.md#22, paper.md#39). */
export interface ManualTrading {
  open(id: string, order: ManualOrderRequest): Promise<Lot | ClosedLot>;
  close(lotId: string): Promise<ClosedLot>;
  /** @param hideHistory whether the epochs before are hidden */
  reset(id: string, options: ResetOptions, hideHistory: boolean): Promise<StoredAccount>;
}

export interface ManualTradingDependencies {
  readonly accounts: Pick<Accounts, 'change'>;
  readonly rows: Pick<HistoryRepository, 'lot' | 'epochs' | 'hasLotOfKey'>;
  readonly market: Pick<AccountMarket, 'current' | 'executableFrom'>;
}

export function createManualTrading({ accounts, rows, market }: ManualTradingDependencies): ManualTrading {
  /** Catches an account up, then trades. @throws MARKET_UNAVAILABLE if candles are missing */
  async function trade(
    id: string,
    work: (caughtUp: Outcome, market: CurrentMarket) => Outcome | Promise<Outcome>,
    hideHistory = false,
  ): Promise<{ stored: StoredAccount; result: Outcome }> {
    return accounts.change(id, async (stored) => {
      const current = await market.current(marketOf(stored));
      const { outcome, failure } = await catchUpForOrder(stored, market, current.time);
      if (failure !== null) throw failure;
      const change = concatOutcomes(stored.account, [outcome, await work(outcome, current)]);
      return { change, hideHistory, result: change };
    });
  }

  /** The lot that an order opened, now or at its first request. */
  async function lotOfKey(id: string, key: string): Promise<Lot | ClosedLot> {
    for (const { epoch } of await rows.epochs(id)) {
      const lot = await rows.lot(lotId(id, epoch, key));
      if (lot !== undefined) return lot;
    }
    throw new PaperdeskError(
      'POSITION_NOT_FOUND',
      `The position of ${id} that was opened by ${key} no longer exists.`,
    );
  }

  return {
    async open(id, { idempotencyKey, ...order }) {
      const key = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
      const lotKey = manualLotKey(key);
      await trade(id, async ({ account }, current) =>
        (await rows.hasLotOfKey(id, lotKey))
          ? unchangedOutcome(account)
          : openManually(account, current, { ...order, key }),
      );
      return lotOfKey(id, lotKey);
    },

    async close(id) {
      const known = await rows.lot(id);
      if (known === undefined)
        throw new PaperdeskError('POSITION_NOT_FOUND', `There is no open position "${id}".`);
      if ('closedAt' in known) return known;
      const { result } = await trade(accountIdOfLot(id), (caughtUp, current) => {
        const isClosed = caughtUp.closed.some((lot) => lot.id === id);
        return isClosed ? unchangedOutcome(caughtUp.account) : closeManually(caughtUp.account, current, id);
      });
      return result.closed.find((lot) => lot.id === id) as ClosedLot;
    },

    async reset(id, options, hideHistory) {
      const { stored } = await trade(
        id,
        ({ account }, current) => reset(account, current, options),
        hideHistory,
      );
      return stored;
    },
  };
}
