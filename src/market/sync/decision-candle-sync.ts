import { newestClosedOpenTime, TIMEFRAME_MS } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Timers } from '../../runtime/timers.ts';
import { createWakeUp } from '../../runtime/wake-up.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { WINDOW_TIMEFRAME } from '../store/window-validity.ts';
import type { MarketHistory } from './market-history.ts';

/** Brings the 15m candles and the funding of one symbol into the store as they close. */
export interface DecisionCandleSync {
  stop(): Promise<void>;
}

export interface KeeperParts {
  readonly symbol: string;
  readonly exchange: Pick<Exchange, 'earliestNow'>;
  readonly history: Pick<MarketHistory, 'window'>;
  readonly timers: Timers;
  /** Called with each 15m candle's close time (ms) once it is stored. */
  readonly onCandle: (closeTime: number) => void;
}

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];
/** After a close the exchange needs a moment, and symbols do not all ask in the same one. */
const DELAY_MS = 700;
const JITTER_MS = 1_000;
/** Asked for again after this long, then twice as long each time: a little more than the history itself waits. */
const FIRST_PAUSE_MS = 2_100;
const LONGEST_PAUSE_MS = 60_000;
/** A symbol that has too little history has not much more a minute later. */
const PATIENT_PAUSE_MS = 5 * 60_000;
/** Clocks are looked at this often, however long nothing is due. */
const LONGEST_WAIT_MS = 15_000;

export function createDecisionCandleSync({
  symbol,
  exchange,
  history,
  timers,
  onCandle,
}: KeeperParts): DecisionCandleSync {
  const wakeUp = createWakeUp(timers);
  let stored = 0;
  let attempts = 0;
  /** When to ask next: by the exchange's clock, and after failures by ours that never jumps. */
  let askAt = 0;
  let notBefore = 0;

  async function look(): Promise<void> {
    const due = newestClosedOpenTime(exchange.earliestNow(), WINDOW_TIMEFRAME) + STEP_MS;
    const window = await history.window(symbol);
    if (window.closeTime > stored) {
      stored = window.closeTime;
      onCandle(stored);
    }
    if (stored < due) return retry();
    attempts = 0;
    askAt = stored + STEP_MS + DELAY_MS + timers.random() * JITTER_MS;
  }

  function retry(error?: unknown): void {
    attempts += 1;
    const patient = error instanceof PaperdeskError && error.code !== 'MARKET_UNAVAILABLE';
    const pause = patient
      ? PATIENT_PAUSE_MS
      : Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
    notBefore = timers.monotonic() + pause * (1 + timers.random() / 5);
  }

  async function run(): Promise<void> {
    while (!wakeUp.stopped) {
      const early = Math.max(askAt - exchange.earliestNow(), notBefore - timers.monotonic());
      if (early <= 0) await look().catch(retry);
      else await wakeUp.sleep(Math.min(early, LONGEST_WAIT_MS));
    }
  }

  const running = run();
  return {
    async stop() {
      wakeUp.stop();
      await running;
    },
  };
}
