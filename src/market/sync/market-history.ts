import { newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { ExchangeStatus } from '../exchange/exchange.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { CandleGap } from '../store/gap-repository.ts';
import { type MarketWindow, marketWindow } from '../store/market-window.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import { createStoredWindows, fundingNeededTo } from '../store/stored-window.ts';
import { countFilled, FUNDING_LEAD_MS, type MarketPipeline, staleAfterMs } from '../store/window-validity.ts';
import type { SyncDependencies } from './market-loaders.ts';
import { createSharedDownloads } from './shared-downloads.ts';

const DOWNLOAD_SIZES = [100, 500, 1500];
const DAY_MS = 24 * 60 * 60_000;

export type { MarketWindow } from '../store/market-window.ts';
export type { MarketPipeline } from '../store/window-validity.ts';

/** A symbol with the pipelines that use it. */
export interface UsedMarket {
  readonly symbol: string;
  /** At least one. */
  readonly pipelines: readonly MarketPipeline[];
}

interface RequestedWindow {
  readonly symbol: string;
  readonly pipeline: MarketPipeline;
}

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

export interface MarketStatus {
  readonly exchange: ExchangeStatus;
  readonly symbols: readonly SymbolStatus[];
}

/** Candles and funding from the store; missing ones are downloaded. */
export interface MarketHistory {
  /**
   * The newest closed decision candles at `at` (ms; now by default), the whole history of the pipeline, with their
   * funding. When the exchange cannot be reached, it is the stored window, whatever its age (see `validity`).
   * @throws PaperdeskError MARKET_UNAVAILABLE when too little is stored and the exchange cannot be reached,
   *   SYMBOL_UNKNOWN, HISTORY_TOO_SHORT for symbols that are younger than that
   */
  window(symbol: string, pipeline: MarketPipeline, at?: number): Promise<MarketWindow>;
  /**
   * The newest `count` closed candles of `timeframe`, or the newest that open before `before` (ms); fewer when the
   * symbol is younger or the exchange cannot be reached.
   * @throws PaperdeskError MARKET_UNAVAILABLE when nothing is stored and the exchange cannot be reached, SYMBOL_UNKNOWN
   */
  candles(
    symbol: string,
    timeframe: Timeframe,
    count: number,
    before?: number,
  ): Promise<readonly StoredCandle[]>;
  /** The state of the exchange, of `followed` symbols and of those requested since the start, in alphabetical order. */
  status(followed?: readonly UsedMarket[]): Promise<MarketStatus>;
}

export function createMarketHistory({
  exchange,
  repository,
  loaders: { candles, funding },
  clock,
  timers,
  log,
}: SyncDependencies): MarketHistory {
  const windowDownloads = createSharedDownloads<RequestedWindow>(timers, log);
  const candleDownloads = createSharedDownloads<undefined>(timers, log);
  const windows = createStoredWindows(repository);

  async function load(symbol: string, pipeline: MarketPipeline, due: number): Promise<void> {
    const { decisionTimeframe, decisionMs, historyCandles } = pipeline;
    const firstOf = (newest: number) => newest - (historyCandles - 1) * decisionMs;
    await candles.load(symbol, decisionTimeframe, firstOf(due), due);
    const [newest] = await repository.candles.newest(symbol, decisionTimeframe, 1, due);
    const first = firstOf(newest?.openTime ?? due);
    // If the exchange has no candle at `due` (our clock is ahead, or it halts), the window begins and ends earlier.
    if (newest !== undefined && newest.openTime < due)
      await candles.load(symbol, decisionTimeframe, first, newest.openTime);
    await funding.load(symbol, first - FUNDING_LEAD_MS, fundingNeededTo(newest?.openTime ?? due));
  }

  /** How long ago the newest stored decision candle of a pipeline closed, and how many of its candles are filled. */
  async function stateOf(symbol: string, pipeline: MarketPipeline, now: number) {
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
      lastError: windowDownloads.lastError(windowKey(symbol, pipeline)),
    };
  }

  async function statusOf({ symbol, pipelines }: UsedMarket, now: number): Promise<SymbolStatus> {
    const states = await Promise.all(pipelines.map((pipeline) => stateOf(symbol, pipeline, now)));
    // A package whose candles the market does not have must not make the symbol stale for the others.
    const known = states.filter(({ newestCloseTime }) => newestCloseTime !== null);
    const worst = (known.length > 0 ? known : states).reduce((a, b) => (b.overdueMs > a.overdueMs ? b : a));
    const decision = new Set(pipelines.map(({ decisionTimeframe }) => decisionTimeframe));
    const intrabar = pipelines.map(({ intrabarTimeframe }) => intrabarTimeframe);
    const mismatches = [...decision].map((timeframe) => repository.mismatches.list(symbol, timeframe));
    const gaps = [...new Set<Timeframe>([...decision, ...intrabar])].map((timeframe) =>
      repository.gaps.list(symbol, timeframe),
    );
    return {
      symbol,
      timeframe: worst.timeframe,
      newestCloseTime: worst.newestCloseTime,
      ageMs: worst.ageMs,
      stale: worst.overdueMs > 0,
      filled: Math.max(...states.map(({ filled }) => filled)),
      gaps: (await Promise.all(gaps)).flat(),
      mismatches: (await Promise.all(mismatches)).flat(),
      lastError: states.find(({ lastError }) => lastError !== null)?.lastError ?? null,
    };
  }

  return {
    async window(symbol, pipeline, at) {
      const due = newestClosedOpenTime(at ?? clock(), pipeline.decisionTimeframe);
      const stored = at === undefined ? windows.newest : windows.read;
      let found = await stored(symbol, pipeline, due);
      let failure: unknown;
      if (!found.current) {
        const key = windowKey(symbol, pipeline);
        failure = await windowDownloads.run({
          ...{ key, subject: { symbol, pipeline }, due, hasOlder: found.enough },
          load: () => load(symbol, pipeline, due),
        });
        found = await stored(symbol, pipeline, due);
      }
      // Not awaited: it serves the next window.
      exchange.recheckClock().catch(() => {});
      if (!found.enough) throw failure ?? tooShort(symbol, pipeline, found.candles.length);
      return marketWindow(symbol, pipeline, found, at ?? exchange.latestNow());
    },

    async candles(symbol, timeframe, count, before = Number.POSITIVE_INFINITY) {
      const step = TIMEFRAME_MS[timeframe];
      // A candle that opens before `before` closes at the latest one step after it.
      const due = newestClosedOpenTime(Math.min(clock(), before + step - 1), timeframe);
      const newest = () => repository.candles.range(symbol, timeframe, due - (count - 1) * step, due);
      const stored = await newest();
      if (stored.length === count) return stored;
      // A few sizes, so that callers share downloads.
      const size = DOWNLOAD_SIZES.find((limit) => limit >= count) ?? count;
      const key = `${symbol} ${timeframe} ${size}${Number.isFinite(before) ? ' before' : ''}`;
      const failure = await candleDownloads.run({
        ...{ key, subject: undefined, due, hasOlder: stored.length > 0 },
        load: () => candles.load(symbol, timeframe, due - (size - 1) * step, due),
      });
      const updated = await newest();
      if (updated.length === 0 && failure !== undefined) throw failure;
      return updated;
    },

    async status(followed = []) {
      const now = exchange.latestNow();
      const markets = [...requestedMarkets(windowDownloads.subjects()), ...followed];
      const bySymbol = new Map(markets.map((market) => [market.symbol, market]));
      const sorted = [...bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
      const symbols = await Promise.all(sorted.map((market) => statusOf(market, now)));
      return { exchange: exchange.status(), symbols };
    },
  };
}

function requestedMarkets(windows: readonly RequestedWindow[]): UsedMarket[] {
  const bySymbol = new Map<string, MarketPipeline[]>();
  for (const { symbol, pipeline } of windows)
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), pipeline]);
  return [...bySymbol].map(([symbol, pipelines]) => ({ symbol, pipelines }));
}

/** Windows of one symbol, timeframe and length share their download. */
function windowKey(symbol: string, { decisionTimeframe, historyCandles }: MarketPipeline): string {
  return `${symbol} ${decisionTimeframe} ${historyCandles}`;
}

function tooShort(
  symbol: string,
  { decisionTimeframe, decisionMs, historyCandles }: MarketPipeline,
  count: number,
): PaperdeskError {
  const days = ((historyCandles * decisionMs) / DAY_MS).toFixed(1);
  return new PaperdeskError(
    'HISTORY_TOO_SHORT',
    `${symbol} has ${count} closed ${decisionTimeframe} candles; a decision needs ${historyCandles}, which exist ${days} days ` +
      'after its listing.',
  );
}
