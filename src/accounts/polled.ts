import type { DecisionRecord } from '../trading/decision-record.ts';
import type { Overview } from './overview.ts';
import type { PollResult } from './poll-account.ts';

/** What a poll of an account found and did. */
export interface Polled extends PollResult {
  readonly overview: Overview;
  /** The row of the candle; undefined where there is none yet. */
  readonly row: DecisionRecord | undefined;
}
