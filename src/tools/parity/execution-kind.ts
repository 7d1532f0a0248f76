import { z } from 'zod';
import type { Candle } from '../../candle.ts';
import { Comparison } from '../../decisions/proof/comparison.ts';
import { ACCOUNT_VALUE_COUNT, ACTION_SIZE } from '../../dimensions.ts';
import { accountVector } from '../../pipeline/account-state.ts';
import { decodeAction } from '../../pipeline/decode-action.ts';
import { accountStateAt, newAccount, type PaperAccount } from '../../trading/account.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../trading/account-pipeline.ts';
import { type CandleSources, decisionCandleAt } from '../../trading/decision-candle.ts';
import type { Lot } from '../../trading/lot.ts';
import { TRAINING_SETTINGS } from '../../trading/settings.ts';
import { tradeCandle } from '../../trading/trade-past-candles.ts';
import type { GoldenKind } from './golden-kind.ts';
import { EXECUTION_TOLERANCE } from './tolerances.ts';

const lotShape = z.object({
  side: z.enum(['long', 'short']),
  margin: z.number(),
  leverage: z.number(),
  entry_price: z.number(),
  qty: z.number(),
  sl_price: z.number(),
  tp_price: z.number(),
  opened_at_ms: z.number(),
  steps: z.number(),
});

const stepShape = z.object({
  decision_open_time_ms: z.number(),
  action: z.array(z.number()).length(ACTION_SIZE),
  account_state: z.array(z.number()).length(ACCOUNT_VALUE_COUNT),
  atr: z.number(),
  balance: z.number(),
  equity: z.number(),
  lots: z.array(lotShape),
  closed: z.number(),
});

const number = z.number();

/** Golden runs have the candles of the default pipeline. */
const PIPELINE = DEFAULT_ACCOUNT_PIPELINE;

const shape = z.object({
  rules: z.object({ start_equity: z.number().positive() }),
  /** Open time, open, high, low, close, ATR14. */
  bars_15m: z.array(z.tuple([number, number, number, number, number, number])).min(2),
  /** Open time, open, high, low, close. */
  bars_3m: z.array(z.tuple([number, number, number, number, number])),
  steps: z.array(stepShape).min(1),
});

type Golden = z.infer<typeof shape>;
type GoldenStep = z.infer<typeof stepShape>;

/** A run of the training environment: actions in; account state, balance, equity and every lot out (paper.md#60). */
export const executionKind: GoldenKind = {
  name: 'execution',
  fields: ['bars_15m', 'bars_3m', 'steps'],
  async compare(content) {
    const golden = shape.parse(content);
    const comparison = new Comparison();
    const sources = candleSources(golden);
    const settings = TRAINING_SETTINGS;
    const at = golden.steps[0]!.decision_open_time_ms + PIPELINE.decisionMs;
    const initialBalance = golden.rules.start_equity;
    let account = newAccount({ id: 'golden', settings, pipeline: PIPELINE, initialBalance, at });
    golden.steps.forEach((step, index) => {
      account = compareStep(account, step, sources, comparison, `step ${index + 1}`);
    });
    return { title: `execution, ${golden.steps.length} steps`, measures: comparison.measures() };
  },
};

function compareStep(
  account: PaperAccount,
  step: GoldenStep,
  sources: CandleSources,
  comparison: Comparison,
  where: string,
): PaperAccount {
  const openTime = step.decision_open_time_ms + PIPELINE.decisionMs;
  const candle = decisionCandleAt(sources, openTime);
  if (candle === null) {
    comparison.exact('15m candle that a step is executed in', 'missing', openTime, where);
    return account;
  }
  const before = accountStateAt(account, candle.markPrice);
  const vector = accountVector(before, candle.markPrice, PIPELINE.maxHoldSteps);
  comparison.numbers('account state', vector, step.account_state, EXECUTION_TOLERANCE, where);
  const action = decodeAction({ mean: step.action, std: [0, 0, 0, 0, 0] });
  const outcome = tradeCandle(
    account,
    { ...candle, atr14: step.atr },
    { source: 'policy', action, evidence: null },
  );
  const { wallet, lots } = outcome.account;
  comparison.numbers('balance', [wallet], [step.balance], EXECUTION_TOLERANCE, where);
  comparison.numbers('equity', [outcome.equity.at(-1)!.equity], [step.equity], EXECUTION_TOLERANCE, where);
  const closed = outcome.closed.filter(({ openedAt }) => openedAt < openTime).length;
  comparison.exact('lots closed', closed, step.closed, where);
  comparison.exact('open lots', lots.length, step.lots.length, where);
  lots.slice(0, step.lots.length).forEach((lot, index) => {
    compareLot(lot, step.lots[index]!, comparison, `${where}, lot ${index + 1}`);
  });
  return outcome.account;
}

function compareLot(
  lot: Lot,
  golden: GoldenStep['lots'][number],
  comparison: Comparison,
  where: string,
): void {
  comparison.exact('side', lot.side, golden.side, where);
  comparison.exact('leverage', lot.leverage, golden.leverage, where);
  comparison.exact('opened at', lot.openedAt, golden.opened_at_ms, where);
  comparison.exact('steps', lot.steps, golden.steps, where);
  const compare = (quantity: string, actual: number, expected: number) =>
    comparison.numbers(quantity, [actual], [expected], EXECUTION_TOLERANCE, where);
  compare('margin', lot.margin, golden.margin);
  compare('entry price', lot.entryPrice, golden.entry_price);
  compare('quantity', lot.quantity, golden.qty);
  compare('stop', lot.stopLoss, golden.sl_price);
  compare('target', lot.takeProfit, golden.tp_price);
}

function candleSources({ bars_15m, bars_3m }: Golden): CandleSources {
  return {
    pipeline: PIPELINE,
    decisionCandles: bars_15m.map(candleOf),
    intrabarCandles: bars_3m.map(candleOf),
    funding: [],
  };
}

function candleOf([openTime, open, high, low, close]: readonly [
  number,
  number,
  number,
  number,
  number,
  ...number[],
]): Candle {
  return { openTime, open, high, low, close, volume: 0 };
}
