import { type LedgerLine, lineId, lotId } from '../../trading/ledger.ts';
import { addMoney, MAX_BALANCE, roundMoney } from '../../trading/money.ts';
import type { LegacyPosition } from './legacy-position.ts';

/** The epoch from the old system; an account's own epochs count from 1. */
export const OLD_EPOCH = 0;

/** The closed history of an account in the old system. Times in ms, money in quote currency. */
export interface OldEpoch {
  readonly accountId: string;
  readonly initialBalance: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** In the order in which they were closed. */
  readonly positions: readonly (LegacyPosition & { readonly id: string })[];
  /** The results of the positions in that order; the last line brings the wallet to the initial balance of epoch 1. */
  readonly lines: readonly LedgerLine[];
}

export interface OldEpochParts {
  readonly accountId: string;
  readonly initialBalance: number;
  readonly positions: readonly LegacyPosition[];
  readonly createdAt: number | null;
  readonly now: number;
}

/** The wallet after all positions: the initial balance and the sum of their results. */
export function closingBalance(
  initialBalance: number,
  positions: readonly Pick<LegacyPosition, 'netPnl'>[],
): number {
  return positions.reduce((sum, { netPnl }) => addMoney(sum, netPnl), roundMoney(initialBalance));
}

/**
 * Creates a closed epoch whose lines reconcile: its initial balance and the sum of all lines are the initial balance of
 * epoch 1, as after a reset.
 * @throws RangeError when an amount is too large to be stored to 1e-8
 */
export function oldEpochOf(parts: OldEpochParts, firstBalance: number): OldEpoch {
  const { accountId, positions, createdAt, now } = parts;
  const ordered = [...positions].sort((a, b) => a.closedAt - b.closedAt || (a.key < b.key ? -1 : 1));
  const initialBalance = roundMoney(parts.initialBalance);
  const lines: LedgerLine[] = [];
  let wallet = initialBalance;
  const post = (kind: LedgerLine['kind'], amount: number, time: number, lot: LegacyPosition | null) => {
    wallet = addMoney(wallet, amount);
    if (Math.abs(wallet) > MAX_BALANCE)
      throw new RangeError(`Its positions bring the wallet to ${wallet}; ${MAX_BALANCE} is the maximum.`);
    lines.push({
      id: lineId(accountId, OLD_EPOCH, time, kind, lot?.key ?? null),
      ...{ accountId, epoch: OLD_EPOCH, sequence: lines.length + 1, time, kind, amount },
      lotId: lot === null ? null : lotId(accountId, OLD_EPOCH, lot.key),
      walletAfter: wallet,
      ...{ reason: null, detail: null },
    });
  };
  for (const position of ordered) post('realised_pnl', position.netPnl, position.closedAt, position);
  post('reset', addMoney(firstBalance, -wallet), now, null);
  return {
    accountId,
    initialBalance,
    startedAt: ordered.reduce((first, { openedAt }) => Math.min(first, openedAt), createdAt ?? now),
    endedAt: now,
    positions: ordered.map((position) => ({ ...position, id: lotId(accountId, OLD_EPOCH, position.key) })),
    lines,
  };
}
