import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { DecisionCounts } from '../accounts/result-rows-repository.ts';
import type { PaperAccount } from '../trading/account.ts';
import { addCounts, NO_DECISIONS } from './decided-share.ts';

export interface DecisionSource {
  readonly history: Pick<HistoryRepository, 'decisionCounts'>;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** Counting the rows of so many candles takes a few milliseconds. */
const CANDLES_PER_COUNT = 3000;

/** Counts the candles of one epoch, and those that were decided on. Rows that cannot change any more are counted once. */
export class DecisionTally {
  #settled = NO_DECISIONS;
  /** The row of the last decision, which may still become one. */
  #newest = NO_DECISIONS;
  #countedTo: number | null = null;

  get counts(): DecisionCounts {
    return addCounts(this.#settled, this.#newest);
  }

  /** Counts what is stored now. @param from begin of the epoch, ms; null before its first point */
  async read({ history, pause }: DecisionSource, account: PaperAccount, from: number | null): Promise<void> {
    const { id, epoch, lastDecision, pipeline } = account;
    if (lastDecision === null) return;
    const { asOf } = lastDecision;
    this.#countedTo ??= from;
    for (let start = this.#countedTo ?? asOf; start < asOf; ) {
      const end = Math.min(asOf, start + CANDLES_PER_COUNT * pipeline.decisionMs);
      this.#settled = addCounts(this.#settled, await history.decisionCounts(id, epoch, start, end));
      this.#countedTo = start = end;
      await pause();
    }
    this.#newest = await history.decisionCounts(id, epoch, asOf, asOf + 1);
  }
}
