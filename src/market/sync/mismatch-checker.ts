import { TIMEFRAME_MS } from '../../candle.ts';
import { startBackgroundLoop } from '../../runtime/background-loop.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import { WINDOW_TIMEFRAME } from '../store/window-validity.ts';
import { candleMismatch } from './candle-mismatch.ts';
import type { SyncDependencies } from './market-loaders.ts';
import { isRecheckDue } from './recheck.ts';

export interface MismatchCheckerDependencies extends Omit<SyncDependencies, 'exchange'> {
  readonly symbol: string;
  /** 3m candles before this time (ms) may be stored already. */
  readonly start: number;
}

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];
const INTRABAR_TIMEFRAME = '3m';
const INTRABAR_MS = TIMEFRAME_MS[INTRABAR_TIMEFRAME];
const INTRABAR_CANDLES = STEP_MS / INTRABAR_MS;
/** Candles stored before the start are checked this far back: the service may have stopped before it checked them. */
const CHECKED_BEFORE_START_MS = 24 * 60 * 60_000;
const CANDLES_PER_CHECK = 96;
/** Mismatches are requested again for this long. */
const REQUEST_FOR_MS = 7 * 24 * 60 * 60_000;
const MAX_WAIT_MS = STEP_MS;

/**
 * Compares each 15m candle of one symbol with its 3m candles, once all of them are stored.
 *
 * When a 15m candle and its 3m candles contradict each other, all of them are requested again, and the answer replaces
 * them: features are computed from the one and fills from the other. If they still differ (exchanges correct one and
 * not the other), the mismatch is recorded and requested again later. What was computed from them stays.
 */
export function startMismatchChecker(dependencies: MismatchCheckerDependencies) {
  const { symbol, loaders, repository, clock, timers, log } = dependencies;
  const decisionCandleStart = (time: number) => Math.floor(time / STEP_MS) * STEP_MS;
  /** Open time of the first 15m candle to check, and the end of the stored 3m candles. */
  let next = decisionCandleStart(dependencies.start - CHECKED_BEFORE_START_MS);
  let end = dependencies.start;

  /** The mismatches of the 15m candles that open from `from` to `to`, by open time. */
  async function mismatchesIn(from: number, to: number): Promise<Map<number, string>> {
    const candles = await repository.candles.range(symbol, WINDOW_TIMEFRAME, from, to);
    const all = await repository.candles.range(symbol, INTRABAR_TIMEFRAME, from, to + STEP_MS - 1);
    const problems = new Map<number, string>();
    for (const candle of candles) {
      const inside = all.filter(({ openTime }) => decisionCandleStart(openTime) === candle.openTime);
      const problem = problemOf(candle, inside);
      if (problem !== undefined) problems.set(candle.openTime, problem);
    }
    return problems;
  }

  async function requestAgain(mismatch: CandleMismatch): Promise<void> {
    const { openTime } = mismatch;
    try {
      await loaders.candles.reload(symbol, WINDOW_TIMEFRAME, openTime, openTime);
      await loaders.candles.reload(symbol, INTRABAR_TIMEFRAME, openTime, openTime + STEP_MS - INTRABAR_MS);
    } catch (error) {
      log.warn({ symbol, openTime, err: error }, 'contradictory candles could not be requested again');
    }
    const problem = (await mismatchesIn(openTime, openTime)).get(openTime);
    if (problem === undefined) return repository.mismatches.remove(symbol, openTime);
    log.warn({ symbol, openTime, problem }, 'a 15m candle and its 3m candles still differ');
    const requested = { requestedAt: clock(), requests: mismatch.requests + 1 };
    await repository.mismatches.put(symbol, { ...mismatch, problem, ...requested });
  }

  async function checkNew(): Promise<void> {
    while (!loop.stopped) {
      const from = next;
      const [newest] = await repository.candles.newest(symbol, WINDOW_TIMEFRAME, 1);
      const last = Math.min(decisionCandleStart(end) - STEP_MS, newest?.openTime ?? 0);
      if (last < from) return;
      const to = Math.min(last, from + (CANDLES_PER_CHECK - 1) * STEP_MS);
      await checkRange(from, to);
      // Unless earlier candles were stored during the check.
      if (next === from) next = to + STEP_MS;
    }
  }

  async function checkRange(from: number, to: number): Promise<void> {
    const known = (await repository.mismatches.list(symbol, from)).map(({ openTime }) => openTime);
    for (const [openTime, problem] of await mismatchesIn(from, to)) {
      if (known.includes(openTime)) continue;
      log.warn(
        { symbol, openTime, problem },
        'a 15m candle and its 3m candles differ: requesting them again',
      );
      const now = clock();
      const found = { openTime, problem, foundAt: now, requestedAt: now, requests: 0 };
      await repository.mismatches.put(symbol, found);
    }
  }

  const loop = startBackgroundLoop({
    timers,
    async work() {
      await checkNew();
      for (const mismatch of await repository.mismatches.list(symbol, clock() - REQUEST_FOR_MS)) {
        if (loop.stopped) break;
        if (isRecheckDue(mismatch, STEP_MS, clock())) await requestAgain(mismatch);
      }
      return MAX_WAIT_MS;
    },
    onFailure(error) {
      log.warn({ symbol, err: error }, 'candles could not be compared');
      return MAX_WAIT_MS;
    },
  });
  return {
    /** Reports that the 3m candles from `from` to before `to` (ms) are stored, as far as they exist. */
    stored(from: number, to: number): void {
      next = Math.min(next, decisionCandleStart(from));
      end = to;
      loop.wake();
    },
    /** Reports that there may be more 15m candles. */
    wake: loop.wake,
    stop: loop.stop,
  };
}

/** Filled candles are known to be wrong, so they are not compared. */
function problemOf(candle: StoredCandle, inside: readonly StoredCandle[]): string | undefined {
  if (inside.length < INTRABAR_CANDLES || [candle, ...inside].some(({ filled }) => filled)) return undefined;
  return candleMismatch(candle, inside);
}
