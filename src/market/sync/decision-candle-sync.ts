import { newestClosedOpenTime } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../../runtime/background-loop.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Timers } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MarketPipeline } from '../store/window-validity.ts';
import type { MarketHistory } from './market-history.ts';

export interface DecisionSyncDependencies {
  readonly symbol: string;
  readonly pipeline: MarketPipeline;
  readonly exchange: Pick<Exchange, 'earliestNow'>;
  readonly history: Pick<MarketHistory, 'window'>;
  readonly timers: Timers;
  /** Called with the close time (ms) of each decision candle once it is stored. */
  readonly onCandle: (closeTime: number) => void;
}

/** The exchange publishes a candle a moment after its close; the jitter spreads the requests of symbols. */
const DELAY_MS = 700;
const JITTER_MS = 1_000;
/** A little longer than the pauses between downloads (shared-downloads.ts). */
const BACKOFF = { firstMs: 2_100, longestMs: 60_000 };
/** For errors that do not pass soon, such as a history that is too short. */
const LASTING_ERROR_PAUSE_MS = 5 * 60_000;
/** Limits how late a change of the clocks is noticed. */
const MAX_SLEEP_MS = 15_000;

/** Stores the decision candles and the funding of one symbol as they close. */
export function startDecisionCandleSync(dependencies: DecisionSyncDependencies): BackgroundLoop {
  const { symbol, pipeline, exchange, history, timers, onCandle } = dependencies;
  const { decisionTimeframe, decisionMs } = pipeline;
  let stored = 0;
  let failures = 0;
  /** By the exchange's clock. */
  let nextAt = 0;

  async function work(): Promise<number> {
    const waitMs = nextAt - exchange.earliestNow();
    if (waitMs > 0) return Math.min(waitMs, MAX_SLEEP_MS);
    const due = newestClosedOpenTime(exchange.earliestNow(), decisionTimeframe) + decisionMs;
    const window = await history.window(symbol, pipeline);
    if (window.closeTime > stored) {
      stored = window.closeTime;
      onCandle(stored);
    }
    if (stored < due) return retry();
    failures = 0;
    nextAt = stored + decisionMs + DELAY_MS + timers.random() * JITTER_MS;
    return 0;
  }

  function retry(error?: unknown): number {
    failures += 1;
    const isLasting = error instanceof PaperdeskError && error.code !== 'MARKET_UNAVAILABLE';
    const pause = isLasting ? LASTING_ERROR_PAUSE_MS : backoffMs(BACKOFF, failures);
    return pause * (1 + timers.random() / 5);
  }

  // The history itself logs failures.
  return startBackgroundLoop({ timers, work, onFailure: retry });
}
