import { newestClosedOpenTime, type Timeframe } from '../../candle.ts';
import type { Clock } from '../../runtime/timers.ts';
import type { CandleGap } from '../store/gap-repository.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import type { StoredWindows } from '../store/stored-window.ts';
import { countFilled, type MarketPipeline, staleAfterMs } from '../store/window-validity.ts';
import { type UsedMarket, type WindowDownload, windowKey } from './requested-window.ts';

export interface SymbolStatus {
  readonly symbol: string;
  /** Of the decision candles that are the most overdue. */
  readonly timeframe: Timeframe;
  /** When the newest stored one of them closed, ms since the Unix epoch; null when none is stored. */
  readonly newestCloseTime: number | null;
  /** Time since then, in ms. */
  readonly ageMs: number | null;
  /** Whether that is too long ago to open a position. */
  readonly stale: boolean;
  /** Gaps that the exchange has and that were filled, by timeframe: decision candles first. */
  readonly gaps: readonly CandleGap[];
  /** Decision candles that their intrabar candles contradict, even after new requests. */
  readonly mismatches: readonly CandleMismatch[];
  /** Filled candles among those that a forecast depends on. */
  readonly filled: number;
  /** Why the last download failed; null when it did not. */
  readonly lastError: string | null;
}

/** Reads the state of a symbol from the store, with the last errors of the windows that were requested. */
export function symbolStatusReader(
  repository: MarketRepository,
  windows: StoredWindows,
  clock: Clock,
): (market: UsedMarket, now: number, requested: readonly WindowDownload[]) => Promise<SymbolStatus> {
  /** How long ago the newest stored decision candle of a pipeline closed, and how many of its candles are filled. */
  async function stateOf(
    symbol: string,
    pipeline: MarketPipeline,
    now: number,
    requested: readonly WindowDownload[],
  ) {
    const key = windowKey(symbol, pipeline);
    const due = newestClosedOpenTime(clock(), pipeline.decisionTimeframe);
    const { candles: stored } = await windows.newest(symbol, pipeline, due);
    const newest = stored.at(-1);
    const newestCloseTime = newest === undefined ? null : newest.openTime + pipeline.decisionMs;
    const ageMs = newestCloseTime === null ? null : now - newestCloseTime;
    return {
      timeframe: pipeline.decisionTimeframe,
      newestCloseTime,
      ageMs,
      overdueMs: (ageMs ?? Number.POSITIVE_INFINITY) - staleAfterMs(pipeline),
      filled: countFilled(stored, pipeline.forecastCandles),
      lastError: requested.findLast((one) => windowKey(one.symbol, one.pipeline) === key)?.lastError ?? null,
    };
  }

  return async ({ symbol, pipelines }, now, requested) => {
    const states = await Promise.all(pipelines.map((pipeline) => stateOf(symbol, pipeline, now, requested)));
    // A package whose candles the market does not have must not make the symbol stale for the others.
    const known = states.filter(({ newestCloseTime }) => newestCloseTime !== null);
    const worst = (known.length > 0 ? known : states).reduce((a, b) => (b.overdueMs > a.overdueMs ? b : a));
    const decision = new Set(pipelines.map(({ decisionTimeframe }) => decisionTimeframe));
    const intrabar = pipelines.map(({ intrabarTimeframe }) => intrabarTimeframe);
    // Together: a promise that fails while another one is awaited would end the process.
    const [gaps, mismatches] = await Promise.all([
      Promise.all(
        [...new Set<Timeframe>([...decision, ...intrabar])].map((timeframe) =>
          repository.gaps.list(symbol, timeframe),
        ),
      ),
      Promise.all([...decision].map((timeframe) => repository.mismatches.list(symbol, timeframe))),
    ]);
    return {
      symbol,
      timeframe: worst.timeframe,
      newestCloseTime: worst.newestCloseTime,
      ageMs: worst.ageMs,
      stale: worst.overdueMs > 0,
      filled: Math.max(...states.map(({ filled }) => filled)),
      gaps: gaps.flat(),
      mismatches: mismatches.flat(),
      lastError: states.find(({ lastError }) => lastError !== null)?.lastError ?? null,
    };
  };
}
