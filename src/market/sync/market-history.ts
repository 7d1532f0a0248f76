import { newestClosedOpenTime, TIMEFRAME_MS, type Timeframe, WINDOW_CANDLES } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { ExchangeStatus } from '../exchange/exchange.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { CandleGap } from '../store/gap-repository.ts';
import { type MarketWindow, marketWindow } from '../store/market-window.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import { createStoredWindows, fundingNeededTo } from '../store/stored-window.ts';
import { countFilled, FUNDING_LEAD_MS, STALE_AFTER_MS, WINDOW_TIMEFRAME } from '../store/window-validity.ts';
import type { SyncDependencies } from './market-loaders.ts';
import { createSharedDownloads } from './shared-downloads.ts';

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];
const DOWNLOAD_SIZES = [100, 500, 1500];

export type { MarketWindow } from '../store/market-window.ts';

export interface SymbolStatus {
  readonly symbol: string;
  /** When the newest stored 15m candle closed, ms since the Unix epoch; null when none is stored. */
  readonly newestCloseTime: number | null;
  /** Time since then, in ms. */
  readonly ageMs: number | null;
  /** Whether that is too long ago to open a position. */
  readonly stale: boolean;
  /** Gaps that the exchange has and that were filled: of 15m candles, then of 3m candles. */
  readonly gaps: readonly CandleGap[];
  /** 15m candles that their 3m candles contradict, even after new requests. */
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
   * The 1500 newest closed 15m candles at `at` (ms; now by default) with their funding. When the exchange cannot be
   * reached, it is the stored window, whatever its age (see `validity`).
   * @throws PaperdeskError MARKET_UNAVAILABLE when too little is stored and the exchange cannot be reached,
   *   SYMBOL_UNKNOWN, HISTORY_TOO_SHORT for symbols that are younger than 1500 candles
   */
  window(symbol: string, at?: number): Promise<MarketWindow>;
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
  status(followed?: readonly string[]): Promise<MarketStatus>;
}

export function createMarketHistory({
  exchange,
  repository,
  loaders: { candles, funding },
  clock,
  timers,
  log,
}: SyncDependencies): MarketHistory {
  const windowDownloads = createSharedDownloads(timers, log);
  const candleDownloads = createSharedDownloads(timers, log);
  const windows = createStoredWindows(repository);

  async function load(symbol: string, due: number): Promise<void> {
    const firstOf = (newest: number) => newest - (WINDOW_CANDLES - 1) * STEP_MS;
    await candles.load(symbol, WINDOW_TIMEFRAME, firstOf(due), due);
    const [newest] = await repository.candles.newest(symbol, WINDOW_TIMEFRAME, 1, due);
    const first = firstOf(newest?.openTime ?? due);
    // If the exchange has no candle at `due` (our clock is ahead, or it halts), the window begins and ends earlier.
    if (newest !== undefined && newest.openTime < due)
      await candles.load(symbol, WINDOW_TIMEFRAME, first, newest.openTime);
    await funding.load(symbol, first - FUNDING_LEAD_MS, fundingNeededTo(newest?.openTime ?? due));
  }

  return {
    async window(symbol, at) {
      const due = newestClosedOpenTime(at ?? clock(), WINDOW_TIMEFRAME);
      const stored = at === undefined ? windows.newest : windows.read;
      let found = await stored(symbol, due);
      let failure: unknown;
      if (!found.current) {
        failure = await windowDownloads.run(symbol, due, found.enough, () => load(symbol, due));
        found = await stored(symbol, due);
      }
      // Not awaited: it serves the next window.
      exchange.recheckClock().catch(() => {});
      if (!found.enough) throw failure ?? tooShort(symbol, found.candles.length);
      return marketWindow(symbol, found, at ?? exchange.latestNow());
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
      const failure = await candleDownloads.run(key, due, stored.length > 0, () =>
        candles.load(symbol, timeframe, due - (size - 1) * step, due),
      );
      const updated = await newest();
      if (updated.length === 0 && failure !== undefined) throw failure;
      return updated;
    },

    async status(followed = []) {
      const now = exchange.latestNow();
      const { gaps, mismatches } = repository;
      const symbols = [...new Set([...windowDownloads.keys(), ...followed])].sort();
      const states = symbols.map(async (symbol): Promise<SymbolStatus> => {
        const due = newestClosedOpenTime(clock(), WINDOW_TIMEFRAME);
        const { candles: stored } = await windows.newest(symbol, due);
        const newest = stored.at(-1);
        const newestCloseTime = newest === undefined ? null : newest.openTime + STEP_MS;
        const ageMs = newestCloseTime === null ? null : now - newestCloseTime;
        return {
          symbol,
          newestCloseTime,
          ageMs,
          stale: ageMs === null || ageMs > STALE_AFTER_MS,
          filled: countFilled(stored),
          gaps: [...(await gaps.list(symbol, WINDOW_TIMEFRAME)), ...(await gaps.list(symbol, '3m'))],
          mismatches: await mismatches.list(symbol),
          lastError: windowDownloads.lastError(symbol),
        };
      });
      return { exchange: exchange.status(), symbols: await Promise.all(states) };
    },
  };
}

function tooShort(symbol: string, count: number): PaperdeskError {
  return new PaperdeskError(
    'HISTORY_TOO_SHORT',
    `${symbol} has ${count} closed 15m candles; a decision needs ${WINDOW_CANDLES}, which exist 15.6 days after its listing.`,
  );
}
