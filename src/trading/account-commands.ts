import { newAccount, type PaperAccount, requireNotKilled } from './account.ts';
import { decisionCandleStart } from './account-pipeline.ts';
import { closeAtMarket } from './execute-candle.ts';
import type { CurrentMarket } from './manual-order.ts';
import { addMoney } from './money.ts';
import { draftOutcome, type Outcome, postLine } from './outcome.ts';
import type { AccountSettings } from './settings.ts';

/**
 * Stops decisions, not exits (paper.md#35).
 * @throws ACCOUNT_STATE if the account is killed
 */
export function pause(account: PaperAccount): PaperAccount {
  requireNotKilled(account);
  return { ...account, status: 'PAUSED' };
}

/**
 * Lets a paused account decide again.
 * @throws ACCOUNT_STATE if the account is killed
 */
export function resume(account: PaperAccount): PaperAccount {
  requireNotKilled(account);
  return { ...account, status: 'ACTIVE' };
}

/** Changes for the new epoch; what is left out stays. */
export interface ResetOptions {
  readonly initialBalance?: number;
  readonly settings?: AccountSettings;
}

/**
 * Closes all lots at our price and begins a new epoch (paper.md#39). The outcome's lines belong to the old epoch. The
 * last one brings the old wallet to the new balance, so that the lines of all epochs still sum to the wallet.
 * @param account caught up with the market
 * @throws RangeError if the balance is not from 1 to 10,000,000
 */
export function reset(account: PaperAccount, market: CurrentMarket, options: ResetOptions = {}): Outcome {
  const { initialBalance = account.initialBalance, settings = account.settings } = options;
  const next = newAccount({
    id: account.id,
    epoch: account.epoch + 1,
    settings,
    pipeline: account.pipeline,
    initialBalance,
    at: market.time,
  });
  return draftOutcome(account, (draft) => {
    const at = { time: market.time, candle: account.nextCandle };
    closeAtMarket(draft, draft.account.lots, market.price, market.atr14, 'RESET', at);
    postLine(draft, 'reset', addMoney(next.initialBalance, -draft.account.wallet), at, null);
    draft.sentences.push(`Epoch ${next.epoch} begins with ${next.initialBalance.toFixed(2)} USDT.`);
    draft.account = { ...next, lastDecision: currentRow(account, market.time) };
  });
}

/** The row of the current candle, so that the new epoch does not decide on it again. */
function currentRow({ lastDecision, pipeline }: PaperAccount, time: number): PaperAccount['lastDecision'] {
  return lastDecision !== null && lastDecision.asOf >= decisionCandleStart(pipeline, time)
    ? lastDecision
    : null;
}
