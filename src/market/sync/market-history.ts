import { DAY_MS, newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { MadeCandle, StoredCandle } from '../store/candle-repository.ts';
import { type MarketWindow, marketWindow } from '../store/market-window.ts';
import { createStoredWindows, fundingNeededTo } from '../store/stored-window.ts';
import { FUNDING_LEAD_MS, type MarketPipeline } from '../store/window-validity.ts';
import type { SyncDependencies } from './market-loaders.ts';
import {
  marketOf,
  type RequestedWindow,
  requestedMarkets,
  type UsedMarket,
  type WindowDownload,
  windowKey,
} from './requested-window.ts';
import { createSharedDownloads } from './shared-downloads.ts';
import { type SymbolStatus, symbolStatusReader } from './symbol-status.ts';

export type { MarketWindow } from '../store/market-window.ts';
export type { MarketPipeline } from '../store/window-validity.ts';

const DOWNLOAD_SIZES = [100, 500, 1500];

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
  /**
   * The newest `count` candles of `timeframe`, made of stored candles of `base`, that open from `from` to before `before`
   * (ms). The newest one may still form. Nothing is downloaded.
   * @throws PaperdeskError VALIDATION unless `timeframe` is a multiple of `base`
   */
  madeCandles(
    symbol: string,
    timeframe: Timeframe,
    request: {
      readonly base: Timeframe;
      readonly count: number;
      readonly from: number;
      readonly before: number;
    },
  ): Promise<readonly MadeCandle[]>;
  /** The windows that this node was asked for since its start, of which it remembers the newest. */
  windows(): readonly WindowDownload[];
  /**
   * The state of `followed` symbols and of those of requested windows, in alphabetical order.
   * @param requested by this node, unless given; of entries of one window the last one counts
   */
  symbols(
    followed?: readonly UsedMarket[],
    requested?: readonly WindowDownload[],
  ): Promise<readonly SymbolStatus[]>;
}

/** Nodes tell each other of so many windows. */
const MAX_LISTED_WINDOWS = 200;

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
  const statusOf = symbolStatusReader(repository, windows, clock);

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

  function requestedWindows(): readonly WindowDownload[] {
    return windowDownloads
      .subjects()
      .slice(0, MAX_LISTED_WINDOWS)
      .map(({ symbol, pipeline }) => ({
        symbol,
        pipeline: marketOf(pipeline),
        lastError: windowDownloads.lastError(windowKey(symbol, pipeline)),
      }));
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

    async madeCandles(symbol, timeframe, { base, count, from, before }) {
      const [lengthMs, baseMs] = [TIMEFRAME_MS[timeframe], TIMEFRAME_MS[base]];
      if (lengthMs % baseMs !== 0)
        throw new PaperdeskError(
          'VALIDATION',
          `Candles of ${timeframe} cannot be made of candles of ${base}.`,
        );
      const [newest] = await repository.candles.newest(symbol, base, 1, before - 1);
      if (newest === undefined) return [];
      const last = Math.floor(newest.openTime / lengthMs) * lengthMs;
      const first = Math.max(Math.ceil(from / lengthMs) * lengthMs, last - (count - 1) * lengthMs);
      return repository.candles.made(symbol, base, lengthMs, { from: first, to: last });
    },

    windows: requestedWindows,

    async symbols(followed = [], requested = requestedWindows()) {
      const markets = [...requestedMarkets(requested), ...followed];
      const bySymbol = new Map(markets.map((market) => [market.symbol, market]));
      const sorted = [...bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
      return Promise.all(sorted.map((market) => statusOf(market, exchange.latestNow(), requested)));
    },
  };
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
