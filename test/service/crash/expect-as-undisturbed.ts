import { expect } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import { executableCandles } from '../../../src/accounts/executable-candles.ts';
import { newAccount } from '../../../src/trading/account.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import { addMoney } from '../../../src/trading/money.ts';
import { DECISION_CANDLE_MS, decisionCandleStart } from '../../helper/default-candles.ts';
import type { LivedAccount } from '../../helper/lived-account.ts';
import { tradeAsDecided } from '../../helper/trade-as-decided.ts';

const MOST = 100_000;
const LEAD_QUARTERS = 1500;

/** Expects what an undisturbed run over the recording, decided at the same candles, leaves behind. */
export async function expectAsUndisturbed(lived: LivedAccount, recording: Recording): Promise<void> {
  const { account, createdAt, decisions } = lived;
  const from = decisionCandleStart(createdAt);
  const to = account.nextCandle;
  const start = newAccount({
    id: account.id,
    settings: account.settings,
    pipeline: account.pipeline,
    initialBalance: account.initialBalance,
    at: createdAt,
  });
  const undisturbed = await tradeAsDecided(start, decisionCandlesOf(recording, from, to), decisions);
  expect(lived.lines).toEqual(undisturbed.lines);
  expect(account.lots).toEqual(undisturbed.account.lots);
  expect(account.wallet).toBe(undisturbed.account.wallet);
  expect(new Map(lived.closed.map((lot) => [lot.id, lot]))).toEqual(
    new Map(undisturbed.closed.map((lot) => [lot.id, lot])),
  );
  expect(lived.equity).toEqual(undisturbed.equity);

  expect(lived.lines.reduce((sum, { amount }) => addMoney(sum, amount), account.initialBalance)).toBe(
    account.wallet,
  );
  expect(lived.lines.map(({ sequence }) => sequence)).toEqual(lived.lines.map((_, index) => index + 1));
  // One row for each candle that it lived through, and no second one.
  expect(decisions.map(({ asOf }) => asOf)).toEqual(
    Array.from({ length: (to - from) / DECISION_CANDLE_MS }, (_, index) => from + index * DECISION_CANDLE_MS),
  );
}

/** The quarters of the recording itself, not of what a service has stored of it. */
function decisionCandlesOf(recording: Recording, from: number, to: number) {
  const market = createReplay(recording);
  const within = (start: number) => ({ from: start, to: to - 1, limit: MOST, now: to });
  const { closed } = executableCandles({
    from,
    pipeline: DEFAULT_ACCOUNT_PIPELINE,
    decisionCandles: market
      .candles('15m', within(from - LEAD_QUARTERS * DECISION_CANDLE_MS))
      .map((candle) => ({ ...candle, filled: false })),
    intrabarCandles: market.candles('3m', within(from)).map((candle) => ({ ...candle, filled: false })),
    funding: market.funding(within(from)),
    fundingKnownTo: Number.POSITIVE_INFINITY,
    staysFilled: () => true,
  });
  return closed;
}
