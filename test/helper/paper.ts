import type { Candle } from '../../src/candle.ts';
import { newAccount, type PaperAccount } from '../../src/trading/account.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../src/trading/account-pipeline.ts';
import type { ClosedCandle } from '../../src/trading/execute-candle.ts';
import type { Lot } from '../../src/trading/lot.ts';
import type { OrderIntent } from '../../src/trading/propose-order.ts';
import { type AccountSettings, DEFAULT_SETTINGS } from '../../src/trading/settings.ts';
import type { Signal } from '../../src/trading/signal.ts';
import type { DecisionMarket } from '../../src/trading/take-decision.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS } from './default-candles.ts';

/** Open time of a decision candle in which no funding is due. */
export const START = Date.UTC(2025, 10, 10, 1, 15);

export const HOUR_MS = 4 * DECISION_CANDLE_MS;

/** Intrabar candle number `index` after START. */
export function candle3m(index: number, open: number, high: number, low: number, close: number): Candle {
  return { openTime: START + index * INTRABAR_CANDLE_MS, open, high, low, close, volume: 1 };
}

export function flatCandle(index: number, price = 100): Candle {
  return candle3m(index, price, price, price, price);
}

export function closedCandle(candle: Candle, changes: Partial<ClosedCandle> = {}): ClosedCandle {
  return { candle, atr14: 1, funding: [], ...changes };
}

export function account(
  settings: Partial<AccountSettings> = {},
  changes: Partial<PaperAccount> = {},
): PaperAccount {
  const fresh = newAccount({
    id: 'paper_test',
    settings: { ...DEFAULT_SETTINGS, ...settings },
    pipeline: DEFAULT_ACCOUNT_PIPELINE,
    initialBalance: 10_000,
    at: START,
  });
  return { ...fresh, ...changes };
}

/** A long lot of one unit from 100 with margin 10, stop 95 and target 110, opened one decision candle before START. */
export function lot(changes: Partial<Lot> = {}): Lot {
  return {
    id: 'paper_test.1.0.policy',
    key: '0.policy',
    origin: 'policy',
    side: 'long',
    entryPrice: 100,
    entryReference: 100,
    ...{ partOf: null, firstStop: null },
    quantity: 1,
    notional: 100,
    margin: 10,
    leverage: 10,
    stopLoss: 95,
    takeProfit: 110,
    openedAt: START - DECISION_CANDLE_MS,
    steps: 1,
    holdClock: 'training',
    maxSteps: 192,
    entryFee: 0.06,
    funding: 0,
    ...changes,
  };
}

/** The same lot as a short one, mirrored at 100. */
export function shortLot(changes: Partial<Lot> = {}): Lot {
  return lot({ side: 'short', stopLoss: 105, takeProfit: 90, ...changes });
}

export function policySignal(changes: Partial<OrderIntent> = {}): Signal {
  return {
    source: 'policy',
    action: {
      direction: 'LONG',
      sizePct: 0.5,
      leverage: 4,
      stopAtrMultiple: 2,
      targetAtrMultiple: 5,
      confidence: 80,
      sentiment: 'bullish',
      ...changes,
    },
    evidence: null,
  };
}

export function decisionMarket(changes: Partial<DecisionMarket> = {}): DecisionMarket {
  return { asOf: START, fillPrice: 100, markPrice: 100, atr14: 1, ...changes };
}

/** The initial balance plus the sum of ledger lines. */
export function ledgerSum(initialBalance: number, lines: readonly { readonly amount: number }[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, initialBalance);
}
