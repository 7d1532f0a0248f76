import { createHash } from 'node:crypto';
import { PaperdeskError } from '../errors.ts';
import type { PaperAccount } from '../trading/account.ts';
import { type ResetOptions, reset } from '../trading/account-commands.ts';
import {
  closeLotsManually,
  closePartManually,
  moveExits,
  type NewExits,
  partKey,
} from '../trading/change-lot.ts';
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

/** What to close of a lot: all of it, unless one of both is given. */
export interface CloseRequest {
  /** Above 0, at most 1. */
  readonly share?: number | undefined;
  /** Notional at entry, in quote currency. */
  readonly notional?: number | undefined;
  /** A repetition with the same key closes no second part. */
  readonly idempotencyKey?: string | undefined;
  readonly reason?: string | undefined;
}

/** Orders and resets by hand, at our price (paper.md#22, paper.md#39). */
export interface ManualTrading {
  open(id: string, order: ManualOrderRequest): Promise<Lot | ClosedLot>;
  /** Closes a lot, or a part of it. A lot that is closed already is returned as it is. */
  close(lotId: string, request?: CloseRequest): Promise<ClosedLot>;
  /** Closes all lots of an account, or those of them with these ids that are open; returns what was closed. */
  closeAll(id: string, ids: readonly string[] | null, reason: string | null): Promise<readonly ClosedLot[]>;
  /** Moves stop and target of an open lot. */
  moveExits(request: NewExits): Promise<Lot>;
  /** @param hideHistory whether the epochs before are hidden */
  reset(id: string, options: ResetOptions, hideHistory: boolean): Promise<StoredAccount>;
}

export interface ManualTradingDependencies {
  readonly accounts: Pick<Accounts, 'change'>;
  readonly rows: Pick<HistoryRepository, 'lot' | 'epochs' | 'hasLotOfKey'>;
  readonly market: Pick<AccountMarket, 'current' | 'last' | 'executableFrom'>;
  readonly newId: () => string;
}

export function createManualTrading({
  accounts,
  rows,
  market,
  newId,
}: ManualTradingDependencies): ManualTrading {
  /**
   * Catches an account up, then trades.
   * @param closes whether it only closes lots, which it can do when the symbol trades no longer
   * @throws MARKET_UNAVAILABLE if candles are missing, SYMBOL_UNKNOWN
   */
  async function trade(
    id: string,
    work: (caughtUp: Outcome, market: CurrentMarket) => Outcome | Promise<Outcome>,
    { closes = false, hideHistory = false } = {},
  ): Promise<{ stored: StoredAccount; result: Outcome }> {
    return accounts.change(id, async (stored) => {
      const { current, hasEnded } = await marketNow(stored, closes);
      const { outcome, failure } = await catchUpForOrder(stored, market, current.time);
      if (failure !== null && !hasEnded) throw failure;
      const change = concatOutcomes(stored.account, [outcome, await work(outcome, current)]);
      return { change, hideHistory, result: change };
    });
  }

  async function marketNow(stored: StoredAccount, closes: boolean) {
    const traded = marketOf(stored);
    try {
      return { current: await market.current(traded), hasEnded: false };
    } catch (error) {
      const last = closes && error instanceof PaperdeskError ? await market.last(traded) : undefined;
      if (last === undefined) throw error;
      return { current: last, hasEnded: true };
    }
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

  async function requireLot(id: string): Promise<Lot | ClosedLot> {
    const lot = await rows.lot(id);
    if (lot === undefined)
      throw new PaperdeskError('POSITION_NOT_FOUND', `There is no open position "${id}".`);
    return lot;
  }

  return {
    async open(id, { idempotencyKey, ...order }) {
      const key = hashOf(idempotencyKey);
      const lotKey = manualLotKey(key);
      await trade(id, async ({ account }, current) =>
        (await rows.hasLotOfKey(id, lotKey))
          ? unchangedOutcome(account)
          : openManually(account, current, { ...order, key }),
      );
      return lotOfKey(id, lotKey);
    },

    async close(id, { share, notional, idempotencyKey = newId(), reason = null } = {}) {
      const known = await requireLot(id);
      const accountId = accountIdOfLot(id);
      const key = hashOf(idempotencyKey);
      if (await rows.hasLotOfKey(accountId, partKey(known.key, key)))
        return (await lotOfKey(accountId, partKey(known.key, key))) as ClosedLot;
      if ('closedAt' in known) return known;
      const closePart = ({ account, closed }: Outcome, current: CurrentMarket) => {
        if (closed.some((lot) => lot.id === id)) return unchangedOutcome(account);
        const part = share ?? shareOf(account, id, notional);
        return part === 1
          ? closeManually(account, current, id, reason)
          : closePartManually(account, current, { lotId: id, share: part, key, reason });
      };
      const { result } = await trade(accountId, closePart, { closes: true });
      return result.closed.find((lot) => lot.id === id || lot.partOf === id) as ClosedLot;
    },

    async closeAll(id, ids, reason) {
      const closeLots = ({ account }: Outcome, current: CurrentMarket) => {
        const all = account.lots.map((lot) => lot.id);
        return closeLotsManually(account, current, ids ?? all, reason);
      };
      return (await trade(id, closeLots, { closes: true })).result.closed;
    },

    async moveExits(request) {
      const { lotId: id } = request;
      await requireLot(id);
      const { stored } = await trade(accountIdOfLot(id), ({ account }, current) =>
        moveExits(account, current, request),
      );
      return stored.account.lots.find((lot) => lot.id === id) as Lot;
    },

    async reset(id, options, hideHistory) {
      const { stored } = await trade(id, ({ account }, current) => reset(account, current, options), {
        closes: true,
        hideHistory,
      });
      return stored;
    },
  };
}

/** Of what a client sends, a part of an id. */
function hashOf(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
}

/** The share of a lot that a notional is; all of it without one. @throws VALIDATION if it is more than the lot has */
function shareOf({ lots }: PaperAccount, id: string, notional: number | undefined): number {
  const lot = lots.find((one) => one.id === id);
  if (notional === undefined || lot === undefined) return 1;
  if (notional <= lot.notional) return notional / lot.notional;
  throw new PaperdeskError(
    'VALIDATION',
    `The lot has a size of ${lot.notional.toFixed(2)} USDT, so ${notional} USDT of it cannot be closed.`,
  );
}
