import { newAccount, type PaperAccount } from './account.ts';
import { decisionCandleStart } from './candle-times.ts';
import { closeAtMarket } from './execute-candle.ts';
import { type ManualMoment, stopped } from './manual-order.ts';
import { addMoney } from './money.ts';
import { draftOutcome, type Outcome, post } from './outcome.ts';
import type { AccountSettings } from './settings.ts';

/**
 * Stops decisions; exits go on.
 * @throws ACCOUNT_STATE when the kill switch has stopped the account
 */
export function pause(account: PaperAccount): PaperAccount {
  if (account.status === 'KILLED') throw stopped(account);
  return { ...account, status: 'PAUSED' };
}

/**
 * Lets a paused account decide again.
 * @throws ACCOUNT_STATE when the kill switch has stopped it
 */
export function resume(account: PaperAccount): PaperAccount {
  if (account.status === 'KILLED') throw stopped(account);
  return { ...account, status: 'ACTIVE' };
}

/** What a new epoch begins with, where it is not what the old one did. */
export interface FreshStart {
  readonly initialBalance?: number;
  readonly settings?: AccountSettings;
}

/**
 * Closes all lots at our price, and begins a new epoch with a fresh balance. The outcome's account is of the new
 * epoch; its lines end the old one, the last of them bringing its wallet to the fresh balance, so that the lines of
 * all epochs together still sum to the wallet.
 * @throws RangeError when the balance cannot be
 */
export function reset(account: PaperAccount, moment: ManualMoment, fresh: FreshStart = {}): Outcome {
  const { initialBalance = account.initialBalance, settings = account.settings } = fresh;
  const next = newAccount({
    id: account.id,
    epoch: account.epoch + 1,
    settings,
    initialBalance,
    at: moment.time,
  });
  return draftOutcome(account, (draft) => {
    const at = { time: moment.time, candle: account.nextCandle };
    closeAtMarket(draft, draft.account.lots, moment.price, moment.atr14, 'RESET', at);
    post(draft, 'reset', addMoney(next.initialBalance, -draft.account.wallet), at, null);
    draft.sentences.push(`Epoch ${next.epoch} begins with ${next.initialBalance.toFixed(2)} USDT.`);
    draft.account = { ...next, lastDecision: rowOfNow(account, moment.time) };
  });
}

/** A candle that the old epoch gave its row is not decided again by the new one. */
function rowOfNow({ lastDecision }: PaperAccount, time: number): PaperAccount['lastDecision'] {
  return lastDecision !== null && lastDecision.asOf >= decisionCandleStart(time) ? lastDecision : null;
}
