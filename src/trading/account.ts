import { type AccountState, totalMargin } from '../pipeline/account-state.ts';
import { decisionCandleStart } from './candle-times.ts';
import { accountLotOf, type Lot, lotPnl } from './lot.ts';
import { addMoney, LARGEST_BALANCE, SMALLEST_BALANCE } from './money.ts';
import type { AccountSettings } from './settings.ts';

export type AccountStatus = 'ACTIVE' | 'PAUSED' | 'KILLED';

/**
 * Everything that decides what an account does next. It is plain data: stored, read again and continued, it behaves
 * as if it had never been away.
 */
export interface PaperAccount {
  readonly id: string;
  /** Counts the resets, from 1. */
  readonly epoch: number;
  readonly status: AccountStatus;
  readonly settings: AccountSettings;
  readonly initialBalance: number;
  /** Initial balance plus the sum of the ledger lines of this epoch, to 1e-8. */
  readonly wallet: number;
  /** In the order opened, all on one side. */
  readonly lots: readonly Lot[];
  /** Ledger lines of this epoch. */
  readonly lineCount: number;
  /** Open time of the next 3-minute candle to execute, ms. */
  readonly nextCandle: number;
  /** The newest 15-minute candle, by its close time in ms, that has a decision or a reason for none. */
  readonly lastDecision: { readonly asOf: number; readonly decided: boolean } | null;
}

export interface NewAccount {
  readonly id: string;
  readonly epoch?: number;
  readonly settings: AccountSettings;
  readonly initialBalance: number;
  /** When it begins, ms; it lives from the quarter of an hour that this falls in. */
  readonly at: number;
}

/**
 * An account without lots.
 * @throws RangeError when the balance is below 1, or too large to be kept to 1e-8
 */
export function newAccount({ id, epoch = 1, settings, initialBalance, at }: NewAccount): PaperAccount {
  if (!(initialBalance >= SMALLEST_BALANCE && initialBalance <= LARGEST_BALANCE)) {
    throw new RangeError(
      `The initial balance ${initialBalance} must be from ${SMALLEST_BALANCE} to ${LARGEST_BALANCE}.`,
    );
  }
  const balance = addMoney(initialBalance, 0);
  return {
    id,
    epoch,
    status: 'ACTIVE',
    settings,
    initialBalance: balance,
    wallet: balance,
    lots: [],
    lineCount: 0,
    nextCandle: decisionCandleStart(at),
    lastDecision: null,
  };
}

/** Profit and loss of all lots at `price`, before costs. */
function openPnl({ lots }: Pick<PaperAccount, 'lots'>, price: number): number {
  return lots.reduce((sum, lot) => sum + lotPnl(lot, price), 0);
}

/** Wallet plus unrealised PnL at `price`. */
export function equityAt(account: Pick<PaperAccount, 'wallet' | 'lots'>, price: number): number {
  return account.wallet + openPnl(account, price);
}

/** Wallet minus margins, the `balance_usdt` of http.md#17. */
export function freeBalance({ wallet, lots }: Pick<PaperAccount, 'wallet' | 'lots'>): number {
  return wallet - totalMargin(lots.map(accountLotOf));
}

/** What a decision sees of the account, marked at `price`. */
export function accountStateAt(account: Pick<PaperAccount, 'wallet' | 'lots'>, price: number): AccountState {
  return { equity: equityAt(account, price), lots: account.lots.map(accountLotOf) };
}
