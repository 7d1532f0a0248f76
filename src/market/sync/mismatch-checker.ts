import { TIMEFRAME_MS } from '../../candle.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import { createWakeUp } from '../../runtime/wake-up.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import { WINDOW_TIMEFRAME } from '../store/window-validity.ts';
import type { CandleLoader } from './candle-loader.ts';
import { candleMismatch } from './candle-mismatch.ts';
import { isRecheckDue } from './recheck.ts';

/** Compares each 15m candle of one symbol with its 3m candles, once all of them are stored. */
export interface MismatchChecker {
  /** Says that the 3m candles from `from` to before `to` (ms) are stored, as far as they will ever be. */
  stored(from: number, to: number): void;
  /** Says that there may be more 15m candles. */
  wake(): void;
  stop(): Promise<void>;
}

export interface CheckerParts {
  readonly symbol: string;
  /** Up to when (ms) 3m candles may be stored already. */
  readonly start: number;
  readonly loader: Pick<CandleLoader, 'reload'>;
  readonly repository: MarketRepository;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];
const PARTS_TIMEFRAME = '3m';
const PART_MS = TIMEFRAME_MS[PARTS_TIMEFRAME];
const PARTS = STEP_MS / PART_MS;
/** What was stored before the start is looked at again this far back: a process may have died before it was. */
const BACK_MS = 24 * 60 * 60_000;
const QUARTERS_AT_ONCE = 96;
/** The exchange is asked about mismatches for this long. */
const ASK_FOR_MS = 7 * 24 * 60 * 60_000;
const LONGEST_WAIT_MS = STEP_MS;

/**
 * When a 15m candle and its 3m candles contradict each other, the exchange is asked for all of them again, and what it
 * says then is believed: both are its own word, features are made of the one and fills of the other. If they still
 * differ (exchanges correct one and not the other) that is recorded and asked about now and then. Candles that a
 * consumer was given stay as they were given.
 */
export function createMismatchChecker(parts: CheckerParts): MismatchChecker {
  const { symbol, loader, repository, clock, timers, log } = parts;
  const wakeUp = createWakeUp(timers);
  const decisionCandleStart = (time: number) => Math.floor(time / STEP_MS) * STEP_MS;
  /** Open time of the first 15m candle to look at, and the end of the stored 3m candles. */
  let next = decisionCandleStart(parts.start - BACK_MS);
  let end = parts.start;

  async function problemAt(openTime: number): Promise<string | undefined> {
    const [quarter] = await repository.candles.range(symbol, WINDOW_TIMEFRAME, openTime, openTime);
    const inside = await repository.candles.range(symbol, PARTS_TIMEFRAME, openTime, openTime + STEP_MS - 1);
    return quarter && problemOf(quarter, inside);
  }

  async function askAgain(mismatch: CandleMismatch): Promise<void> {
    const { openTime } = mismatch;
    try {
      await loader.reload(symbol, WINDOW_TIMEFRAME, openTime, openTime);
      await loader.reload(symbol, PARTS_TIMEFRAME, openTime, openTime + STEP_MS - PART_MS);
    } catch (error) {
      log.warn({ symbol, openTime, err: error }, 'candles that differ could not be asked for again');
    }
    const problem = await problemAt(openTime);
    if (problem === undefined) return repository.mismatches.remove(symbol, openTime);
    log.warn({ symbol, openTime, problem }, 'a 15m candle and its 3m candles still differ');
    const asked = { askedAt: clock(), asks: mismatch.asks + 1 };
    await repository.mismatches.put(symbol, { ...mismatch, problem, ...asked });
  }

  async function checkNew(): Promise<void> {
    while (!wakeUp.stopped) {
      const from = next;
      const [newest] = await repository.candles.newest(symbol, WINDOW_TIMEFRAME, 1);
      const last = Math.min(decisionCandleStart(end) - STEP_MS, newest?.openTime ?? 0);
      if (last < from) return;
      const to = Math.min(last, from + (QUARTERS_AT_ONCE - 1) * STEP_MS);
      await checkRange(from, to);
      // Unless earlier ones were stored meanwhile.
      if (next === from) next = to + STEP_MS;
    }
  }

  async function checkRange(from: number, to: number): Promise<void> {
    const quarters = await repository.candles.range(symbol, WINDOW_TIMEFRAME, from, to);
    const inside = await repository.candles.range(symbol, PARTS_TIMEFRAME, from, to + STEP_MS - 1);
    const known = (await repository.mismatches.list(symbol, from)).map(({ openTime }) => openTime);
    let first = 0;
    for (const quarter of quarters) {
      const { openTime } = quarter;
      while ((inside[first]?.openTime ?? openTime) < openTime) first += 1;
      const parts = inside
        .slice(first, first + PARTS)
        .filter((part) => decisionCandleStart(part.openTime) === openTime);
      const problem = problemOf(quarter, parts);
      if (problem === undefined || known.includes(openTime)) continue;
      log.warn({ symbol, openTime, problem }, 'a 15m candle and its 3m candles differ: asking again');
      const now = clock();
      await repository.mismatches.put(symbol, { openTime, problem, foundAt: now, askedAt: now, asks: 0 });
    }
  }

  async function look(): Promise<void> {
    await checkNew();
    const known = await repository.mismatches.list(symbol, clock() - ASK_FOR_MS);
    for (const mismatch of known) {
      if (wakeUp.stopped) return;
      if (isRecheckDue(mismatch, STEP_MS, clock())) await askAgain(mismatch);
    }
  }

  async function run(): Promise<void> {
    while (!wakeUp.stopped) {
      await look().catch((error: unknown) =>
        log.warn({ symbol, err: error }, 'candles could not be compared'),
      );
      await wakeUp.sleep(LONGEST_WAIT_MS);
    }
  }

  const running = run();
  return {
    stored(from, to) {
      next = Math.min(next, decisionCandleStart(from));
      end = to;
      wakeUp.wake();
    },
    wake: wakeUp.wake,
    async stop() {
      wakeUp.stop();
      await running;
    },
  };
}

/** Filled candles are known to be wrong, so they contradict nothing. */
function problemOf(quarter: StoredCandle, inside: readonly StoredCandle[]): string | undefined {
  if (inside.length < PARTS || [quarter, ...inside].some(({ filled }) => filled)) return undefined;
  return candleMismatch(quarter, inside);
}
