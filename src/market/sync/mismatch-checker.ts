import { startBackgroundLoop } from '../../runtime/background-loop.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import type { MarketPipeline } from '../store/window-validity.ts';
import { candleMismatch } from './candle-mismatch.ts';
import type { SyncDependencies } from './market-loaders.ts';
import { isRecheckDue } from './recheck.ts';

/** Compares each decision candle of one symbol with its intrabar candles, once all of them are stored. */
export interface MismatchChecker {
  /** Reports that the intrabar candles from `from` to before `to` (ms) are stored, as far as they exist. */
  stored(from: number, to: number): void;
  /** Reports that there may be more decision candles. */
  wake(): void;
  stop(): Promise<void>;
}

export interface MismatchCheckerDependencies extends Omit<SyncDependencies, 'exchange'> {
  readonly symbol: string;
  readonly pipeline: ComparedTimeframes;
  /** Intrabar candles before this time (ms) may be stored already. */
  readonly start: number;
}

/** The timeframes whose candles are compared. */
type ComparedTimeframes = Pick<
  MarketPipeline,
  'decisionTimeframe' | 'decisionMs' | 'intrabarTimeframe' | 'intrabarMs'
>;

/** Candles stored before the start are checked this far back: the service may have stopped before it checked them. */
const CHECKED_BEFORE_START_MS = 24 * 60 * 60_000;
const CANDLES_PER_CHECK = 96;
/** Mismatches are requested again for this long. */
const REQUEST_FOR_MS = 7 * 24 * 60 * 60_000;
const MAX_WAIT_MS = 15 * 60_000;

/**
 * When a decision candle and its intrabar candles contradict each other, all of them are requested again, and the answer replaces
 * them: features are computed from the one and fills from the other. If they still differ (exchanges correct one and
 * not the other), the mismatch is recorded and requested again later. What was computed from them stays.
 */
export function startMismatchChecker(dependencies: MismatchCheckerDependencies): MismatchChecker {
  const { symbol, pipeline, loaders, repository, clock, timers, log } = dependencies;
  const { decisionTimeframe, decisionMs, intrabarTimeframe, intrabarMs } = pipeline;
  const write = repository.beginWrite(symbol, 'owner');
  const decisionCandleStart = (time: number) => Math.floor(time / decisionMs) * decisionMs;
  /** Open time of the first decision candle to check, and the end of the stored intrabar candles. */
  let next = decisionCandleStart(dependencies.start - CHECKED_BEFORE_START_MS);
  let end = dependencies.start;

  /** The mismatches of the decision candles that open from `from` to `to`, by open time. */
  async function mismatchesIn(from: number, to: number): Promise<Map<number, string>> {
    const candles = await repository.candles.range(symbol, decisionTimeframe, from, to);
    const all = await repository.candles.range(symbol, intrabarTimeframe, from, to + decisionMs - 1);
    const problems = new Map<number, string>();
    for (const candle of candles) {
      const inside = all.filter(({ openTime }) => decisionCandleStart(openTime) === candle.openTime);
      const problem = problemOf(pipeline, candle, inside);
      if (problem !== undefined) problems.set(candle.openTime, problem);
    }
    return problems;
  }

  async function requestAgain(mismatch: CandleMismatch): Promise<void> {
    const { openTime } = mismatch;
    const facts = { symbol, timeframe: decisionTimeframe, openTime };
    try {
      await loaders.candles.reload(symbol, decisionTimeframe, openTime, openTime);
      await loaders.candles.reload(symbol, intrabarTimeframe, openTime, openTime + decisionMs - intrabarMs);
    } catch (error) {
      log.warn({ ...facts, err: error }, 'contradictory candles could not be requested again');
    }
    const problem = (await mismatchesIn(openTime, openTime)).get(openTime);
    if (problem === undefined) return write(({ mismatches }) => mismatches.remove(symbol, mismatch));
    log.warn({ ...facts, problem }, 'a decision candle and its intrabar candles still differ');
    const requested = { requestedAt: clock(), requests: mismatch.requests + 1 };
    await write(({ mismatches }) => mismatches.put(symbol, { ...mismatch, problem, ...requested }));
  }

  async function checkNew(): Promise<void> {
    while (!loop.stopped) {
      const from = next;
      const [newest] = await repository.candles.newest(symbol, decisionTimeframe, 1);
      const last = Math.min(decisionCandleStart(end) - decisionMs, newest?.openTime ?? 0);
      if (last < from) return;
      const to = Math.min(last, from + (CANDLES_PER_CHECK - 1) * decisionMs);
      await checkRange(from, to);
      // Unless earlier candles were stored during the check.
      if (next === from) next = to + decisionMs;
    }
  }

  async function checkRange(from: number, to: number): Promise<void> {
    const known = (await repository.mismatches.list(symbol, decisionTimeframe, from)).map(
      ({ openTime }) => openTime,
    );
    for (const [openTime, problem] of await mismatchesIn(from, to)) {
      if (known.includes(openTime)) continue;
      log.warn(
        { symbol, timeframe: decisionTimeframe, openTime, problem },
        'a decision candle and its intrabar candles differ: requesting them again',
      );
      const now = clock();
      const found = {
        timeframe: decisionTimeframe,
        openTime,
        problem,
        foundAt: now,
        requestedAt: now,
        requests: 0,
      };
      await write(({ mismatches }) => mismatches.put(symbol, found));
    }
  }

  const loop = startBackgroundLoop({
    timers,
    async work() {
      await checkNew();
      for (const mismatch of await repository.mismatches.list(
        symbol,
        decisionTimeframe,
        clock() - REQUEST_FOR_MS,
      )) {
        if (loop.stopped) break;
        if (isRecheckDue(mismatch, decisionMs, clock())) await requestAgain(mismatch);
      }
      return MAX_WAIT_MS;
    },
    onFailure(error) {
      log.warn({ symbol, err: error }, 'candles could not be compared');
      return MAX_WAIT_MS;
    },
  });
  return {
    /** Reports that the intrabar candles from `from` to before `to` (ms) are stored, as far as they exist. */
    stored(from: number, to: number): void {
      next = Math.min(next, decisionCandleStart(from));
      end = to;
      loop.wake();
    },
    /** Reports that there may be more decision candles. */
    wake: loop.wake,
    stop: loop.stop,
  };
}

/** Filled candles are known to be wrong, so they are not compared. */
function problemOf(
  { decisionMs, intrabarMs, intrabarTimeframe }: ComparedTimeframes,
  candle: StoredCandle,
  inside: readonly StoredCandle[],
): string | undefined {
  if (inside.length < decisionMs / intrabarMs || [candle, ...inside].some(({ filled }) => filled))
    return undefined;
  return candleMismatch(candle, inside, intrabarTimeframe);
}
