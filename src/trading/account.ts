import { PaperdeskError } from '../errors.ts';
import { type AccountState, totalMargin } from '../pipeline/account-state.ts';
import { type AccountPipeline, decisionCandleStart } from './account-pipeline.ts';
import { accountLotOf, type Lot, lotPnl } from './lot.ts';
import { addMoney, MAX_BALANCE, MIN_BALANCE } from './money.ts';
import type { AccountSettings } from './settings.ts';

export type AccountStatus = 'ACTIVE' | 'PAUSED' | 'KILLED';

/**
 * The full state of an account. It is plain data: an account that is stored and read again behaves as if it had stayed
 * in memory.
 */
export interface PaperAccount {
  readonly id: string;
  /** Counts the resets, from 1. */
  readonly epoch: number;
  readonly status: AccountStatus;
  readonly settings: AccountSettings;
  readonly pipeline: AccountPipeline;
  readonly initialBalance: number;
  /** Initial balance plus the sum of the ledger lines of this epoch, to 1e-8 (paper.md#4). */
  readonly wallet: number;
  /** In the order opened, all on one side. */
  readonly lots: readonly Lot[];
  /** Ledger lines of this epoch. */
  readonly lineCount: number;
  /** Open time of the next intrabar candle to execute, ms. */
  readonly nextCandle: number;
  /** The newest decision candle with a row, by its close time in ms. */
  readonly lastDecision: { readonly asOf: number; readonly decided: boolean } | null;
}

export interface NewAccount {
  readonly id: string;
  readonly epoch?: number;
  readonly settings: AccountSettings;
  readonly pipeline: AccountPipeline;
  readonly initialBalance: number;
  /** When it begins, ms: with the decision candle that this falls in. */
  readonly at: number;
}

/**
 * An account without lots.
 * @throws RangeError if the balance is not from 1 to 10,000,000
 */
export function newAccount({
  id,
  epoch = 1,
  settings,
  pipeline,
  initialBalance,
  at,
}: NewAccount): PaperAccount {
  if (!(initialBalance >= MIN_BALANCE && initialBalance <= MAX_BALANCE)) {
    throw new RangeError(
      `The initial balance ${initialBalance} must be from ${MIN_BALANCE} to ${MAX_BALANCE}.`,
    );
  }
  const balance = addMoney(initialBalance, 0);
  return {
    id,
    epoch,
    status: 'ACTIVE',
    settings,
    pipeline,
    initialBalance: balance,
    wallet: balance,
    lots: [],
    lineCount: 0,
    nextCandle: decisionCandleStart(pipeline, at),
    lastDecision: null,
  };
}

/** Profit and loss of all lots at `price`, before costs. */
function openPnl({ lots }: Pick<PaperAccount, 'lots'>, price: number): number {
  return lots.reduce((sum, lot) => sum + lotPnl(lot, price), 0);
}

/** Wallet plus unrealized PnL at `price` (paper.md#5). */
export function equityAt(account: Pick<PaperAccount, 'wallet' | 'lots'>, price: number): number {
  return account.wallet + openPnl(account, price);
}

/** Wallet minus margins: the `balance_usdt` of the HTTP interface (paper.md#5). */
export function freeBalance({ wallet, lots }: Pick<PaperAccount, 'wallet' | 'lots'>): number {
  return wallet - totalMargin(lots.map(accountLotOf));
}

/** The account as a decision sees it, marked at `price`. */
export function accountStateAt(account: Pick<PaperAccount, 'wallet' | 'lots'>, price: number): AccountState {
  return { equity: equityAt(account, price), lots: account.lots.map(accountLotOf) };
}

/** @throws ACCOUNT_STATE if the kill switch stopped the account */
export function requireNotKilled({ id, status }: PaperAccount): void {
  if (status !== 'KILLED') return;
  throw new PaperdeskError('ACCOUNT_STATE', `${id} was stopped by the kill switch; reset it to trade again.`);
}
