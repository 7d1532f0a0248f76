import type { AccountLot } from '../../src/pipeline/account-state.ts';

/** A run of the training environment (golden/execution.json). */
export interface TrainingRun {
  readonly rules: { readonly start_equity: number };
  /** [open time, open, high, low, close, ATR14] */
  readonly bars_15m: number[][];
  readonly steps: TrainingStep[];
}

interface TrainingStep {
  readonly action: number[];
  /** Before the step. */
  readonly account_state: number[];
  readonly atr: number;
  /** After the step, as are the lots. */
  readonly equity: number;
  readonly lots: TrainingLot[];
}

interface TrainingLot {
  readonly side: 'long' | 'short';
  readonly margin: number;
  readonly leverage: number;
  readonly entry_price: number;
  readonly qty: number;
  readonly sl_price: number;
  readonly tp_price: number;
  readonly opened_at_ms: number;
  readonly steps: number;
}

/** The close of the candle that step `k` decides on. */
export function closeAt(run: TrainingRun, k: number): number {
  return run.bars_15m[k]![4]!;
}

/** The lots of the account before step `k`. */
export function lotsBefore(run: TrainingRun, k: number): AccountLot[] {
  if (k === 0) return [];
  return run.steps[k - 1]!.lots.map(({ side, margin, leverage, entry_price, steps }) => ({
    side,
    entryPrice: entry_price,
    notional: margin * leverage,
    margin,
    stepsInTrade: steps,
  }));
}
