/** The kinds of money movements (paper.md#37). */
export type LedgerKind =
  | 'entry_fee'
  | 'exit_fee'
  | 'realised_pnl'
  | 'funding'
  | 'liquidation'
  | 'reset'
  | 'edit';

/** One movement of money, in quote currency to 1e-8. Lines are appended and never changed. */
export interface LedgerLine {
  readonly id: string;
  readonly accountId: string;
  readonly epoch: number;
  /** Counts the lines of an epoch, from 1. */
  readonly sequence: number;
  /** When it happened, ms. */
  readonly time: number;
  readonly kind: LedgerKind;
  /** What it adds to the wallet. */
  readonly amount: number;
  readonly lotId: string | null;
  readonly walletAfter: number;
  /** What a person gave as the reason of what they did; null otherwise. */
  readonly reason: string | null;
  /** What was changed, where the amount does not tell it. */
  readonly detail: string | null;
}

/**
 * The id of a line (paper.md#38).
 * @param moment open time of the candle, or time of the settlement, that caused it, ms
 */
export function lineId(
  accountId: string,
  epoch: number,
  moment: number,
  kind: LedgerKind,
  lotKey: string | null,
): string {
  return [accountId, epoch, moment, kind, ...(lotKey === null ? [] : [lotKey])].join('.');
}

/**
 * The id of a lot (paper.md#38).
 * @param key what opened it: moment and source of a decision, or a manual order
 */
export function lotId(accountId: string, epoch: number, key: string): string {
  return `${accountId}.${epoch}.${key}`;
}

/** The account that a lot belongs to, from the lot's id. */
export function accountIdOfLot(id: string): string {
  return id.split('.', 1)[0] as string;
}
