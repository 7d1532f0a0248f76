import { type FundingRate, newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import type { Exchange, ExchangeStatus } from '../exchange/exchange.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { CandleGap } from '../store/gap-repository.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import type { CandleMismatch } from '../store/mismatch-repository.ts';
import { createStoredWindows, fundingNeededTo } from '../store/stored-window.ts';
import {
  countFilled,
  FUNDING_LEAD_MS,
  judgeWindow,
  STALE_AFTER_MS,
  WINDOW_CANDLES,
  WINDOW_TIMEFRAME,
  type WindowValidity,
} from '../store/window-validity.ts';
import type { MarketLoaders } from './market-loaders.ts';
import { createSharedDownloads } from './shared-downloads.ts';

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];
const DOWNLOAD_SIZES = [100, 500, 1500];

/** What a decision is computed from. */
export interface MarketWindow {
  readonly symbol: string;
  /** Exactly 1500 closed 15m candles, one after the other. */
  readonly candles: readonly StoredCandle[];
  /** Settlements from a day before the first candle to the open of the last one, in order of time. */
  readonly funding: readonly FundingRate[];
  /** Close of the newest candle, in quote currency. */
  readonly close: number;
  /** When the newest candle closed, in ms. */
  readonly closeTime: number;
  readonly validity: WindowValidity;
  /** Changes whenever a candle or a funding rate of the window does, and only then. */
  readonly revision: string;
}

export interface SymbolGap extends CandleGap {
  readonly timeframe: Timeframe;
}

export interface SymbolStatus {
  readonly symbol: string;
  /** When the newest stored 15m candle closed, ms since the Unix epoch; null when none is stored. */
  readonly newestCloseTime: number | null;
  /** How long ago that was, in ms. */
  readonly ageMs: number | null;
  /** Whether that is too long ago to open a position. */
  readonly stale: boolean;
  /** Runs of candles that the exchange does not have and that were filled: 15m ones, then 3m ones. */
  readonly gaps: readonly SymbolGap[];
  /** 15m candles that their 3m candles contradict, also when the exchange was asked for them again. */
  readonly mismatches: readonly CandleMismatch[];
  /** Filled candles among the newest 1184, which a forecast sees. */
  readonly filled: number;
  /** Why the last attempt to bring the candles up to date failed; null when it did not. */
  readonly lastError: string | null;
}

export interface MarketStatus {
  readonly exchange: ExchangeStatus;
  readonly symbols: readonly SymbolStatus[];
}

/** Candles and funding, kept in the store and asked for only where they are missing. */
export interface MarketHistory {
  /**
   * The 1500 newest closed 15m candles at `at` (ms; now by default) with their funding. When the exchange cannot be
   * reached it is the stored window, however old: `validity` tells.
   * @throws PaperdeskError MARKET_UNAVAILABLE when too little is stored and the exchange cannot be had,
   *   SYMBOL_UNKNOWN, HISTORY_TOO_SHORT for symbols that are younger than 1500 candles
   */
  window(symbol: string, at?: number): Promise<MarketWindow>;
  /**
   * The newest `count` closed candles of `timeframe`, of those that open before `before` (ms) where it is given; fewer
   * where the symbol is younger or the exchange cannot be had.
   * @throws PaperdeskError MARKET_UNAVAILABLE when nothing is stored and the exchange cannot be had, SYMBOL_UNKNOWN
   */
  candles(
    symbol: string,
    timeframe: Timeframe,
    count: number,
    before?: number,
  ): Promise<readonly StoredCandle[]>;
  /** The state of the exchange and of `symbols` (by default those that were asked for since the start). */
  status(symbols?: readonly string[]): Promise<MarketStatus>;
  /** The symbols that the exchange was asked for. */
  asked(): readonly string[];
}

export interface HistoryParts {
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly loaders: MarketLoaders;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export function createMarketHistory({
  exchange,
  repository,
  loaders: { candles, funding },
  clock,
  timers,
  log,
}: HistoryParts): MarketHistory {
  const windowDownloads = createSharedDownloads({ timers, log });
  const candleDownloads = createSharedDownloads({ timers, log });
  const windows = createStoredWindows(repository);

  async function load(symbol: string, due: number): Promise<void> {
    const firstOf = (newest: number) => newest - (WINDOW_CANDLES - 1) * STEP_MS;
    await candles.load(symbol, WINDOW_TIMEFRAME, firstOf(due), due);
    const [newest] = await repository.candles.newest(symbol, WINDOW_TIMEFRAME, 1, due);
    const first = firstOf(newest?.openTime ?? due);
    // Where the exchange has nothing up to `due` (our clock is ahead, or it halts), the window ends and begins earlier.
    if (newest !== undefined && newest.openTime < due)
      await candles.load(symbol, WINDOW_TIMEFRAME, first, newest.openTime);
    await funding.load(symbol, first - FUNDING_LEAD_MS, fundingNeededTo(newest?.openTime ?? due));
  }

  async function gapsOf(symbol: string, timeframe: Timeframe): Promise<SymbolGap[]> {
    return (await repository.gaps.list(symbol, timeframe)).map((gap) => ({ timeframe, ...gap }));
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
      // Not waited for: the next window has the better clock.
      exchange.recheckClock().catch(() => {});
      if (!found.enough) throw failure ?? tooShort(symbol, found.candles.length);
      const { candles, funding, fundingKnownTo, revision } = found;
      const newest = candles.at(-1) as StoredCandle;
      return {
        symbol,
        candles,
        funding,
        close: newest.close,
        closeTime: newest.openTime + STEP_MS,
        validity: judgeWindow(candles, funding, fundingKnownTo, at ?? exchange.latestNow()),
        revision,
      };
    },

    async candles(symbol, timeframe, count, before = Number.POSITIVE_INFINITY) {
      const step = TIMEFRAME_MS[timeframe];
      // What opens before a time is closed by the open of the candle that it falls in, or that follows.
      const due = newestClosedOpenTime(Math.min(clock(), before + step - 1), timeframe);
      const newest = () => repository.candles.range(symbol, timeframe, due - (count - 1) * step, due);
      const found = await newest();
      if (found.length === count) return found;
      // A few sizes, so that there are few different downloads.
      const size = DOWNLOAD_SIZES.find((most) => most >= count) ?? count;
      const which = `${symbol} ${timeframe} ${size}${Number.isFinite(before) ? ' before' : ''}`;
      const failure = await candleDownloads.run(which, due, found.length > 0, () =>
        candles.load(symbol, timeframe, due - (size - 1) * step, due),
      );
      const then = await newest();
      if (then.length === 0 && failure !== undefined) throw failure;
      return then;
    },

    asked: () => windowDownloads.keys(),

    async status(symbols = windowDownloads.keys()) {
      const now = exchange.latestNow();
      const states = symbols.map(async (symbol): Promise<SymbolStatus> => {
        const { candles: stored } = await windows.newest(
          symbol,
          newestClosedOpenTime(clock(), WINDOW_TIMEFRAME),
        );
        const newest = stored.at(-1);
        const newestCloseTime = newest === undefined ? null : newest.openTime + STEP_MS;
        const ageMs = newestCloseTime === null ? null : now - newestCloseTime;
        return {
          symbol,
          newestCloseTime,
          ageMs,
          stale: ageMs === null || ageMs > STALE_AFTER_MS,
          filled: countFilled(stored),
          gaps: [...(await gapsOf(symbol, WINDOW_TIMEFRAME)), ...(await gapsOf(symbol, '3m'))],
          mismatches: await repository.mismatches.list(symbol),
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
    `${symbol} has ${count} closed 15m candles; a decision needs ${WINDOW_CANDLES}, which takes 15.6 days from its listing.`,
  );
}
