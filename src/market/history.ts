import { createHash } from 'node:crypto';
import { type FundingRate, MINUTE_MS, newestClosedOpenTime, TIMEFRAME_MS } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import { createCandleLoader } from './candle-loader.ts';
import type { StoredCandle } from './candle-repository.ts';
import type { Exchange, ExchangeStatus } from './exchange.ts';
import { createFundingLoader } from './funding-loader.ts';
import type { CandleGap } from './gap-repository.ts';
import type { Log } from './log.ts';
import type { MarketRepository } from './market-repository.ts';
import { createRefresher } from './refresher.ts';
import type { Clock, Timers } from './timers.ts';
import { FUNDING_LEAD_MS, judgeWindow, WINDOW_CANDLES, type WindowValidity } from './window-validity.ts';

const TIMEFRAME = '15m';
const STEP_MS = TIMEFRAME_MS[TIMEFRAME];
const HOUR_MS = 60 * MINUTE_MS;

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

export interface SymbolStatus {
  readonly symbol: string;
  /** When the newest stored 15m candle closed, ms since the Unix epoch; null when none is stored. */
  readonly newestCloseTime: number | null;
  /** How long ago that was, in ms. */
  readonly ageMs: number | null;
  /** Runs of candles that the exchange does not have and that were filled. */
  readonly gaps: readonly CandleGap[];
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
  /** The state of the exchange and of `symbols` (by default those that were asked for since the start). */
  status(symbols?: readonly string[]): Promise<MarketStatus>;
}

export interface HistoryParts {
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export function createMarketHistory({
  exchange,
  repository,
  clock,
  timers,
  log,
}: HistoryParts): MarketHistory {
  const candles = createCandleLoader({ exchange, repository, clock, log });
  const funding = createFundingLoader({ exchange, repository });
  const refresher = createRefresher({ timers, log });

  async function load(symbol: string, due: number): Promise<void> {
    const firstOf = (newest: number) => newest - (WINDOW_CANDLES - 1) * STEP_MS;
    await candles.load(symbol, TIMEFRAME, firstOf(due), due);
    const [newest] = await repository.candles.newest(symbol, TIMEFRAME, 1, due);
    const first = firstOf(newest?.openTime ?? due);
    // Where the exchange has nothing up to `due` (our clock is ahead, or it halts), the window ends and begins earlier.
    if (newest !== undefined && newest.openTime < due)
      await candles.load(symbol, TIMEFRAME, first, newest.openTime);
    await funding.load(symbol, first - FUNDING_LEAD_MS, fundingNeededTo(newest?.openTime ?? due));
  }

  /** What is stored for the window that should end with the candle that opens at `due`. */
  async function snapshot(symbol: string, due: number) {
    const stored = await repository.candles.newest(symbol, TIMEFRAME, WINDOW_CANDLES, due);
    const unbroken = unbrokenEnd(stored);
    const newest = unbroken.at(-1);
    const first = unbroken[0];
    const known = await repository.funding.coverage(symbol);
    const from = (first?.openTime ?? due) - FUNDING_LEAD_MS;
    const enough =
      unbroken.length === WINDOW_CANDLES && known !== undefined && known.from <= from && known.to >= from;
    const current = enough && newest?.openTime === due && known.to >= fundingNeededTo(due);
    return { candles: unbroken, fundingKnownTo: known?.to ?? 0, enough, current };
  }

  return {
    async window(symbol, at) {
      const due = newestClosedOpenTime(at ?? clock(), TIMEFRAME);
      let found = await snapshot(symbol, due);
      let failure: unknown;
      if (!found.current) {
        failure = await refresher.refresh(symbol, due, found.enough, () => load(symbol, due));
        found = await snapshot(symbol, due);
      }
      // Not waited for: the next window has the better clock.
      exchange.recheckClock().catch(() => {});
      if (!found.enough) throw failure ?? tooShort(symbol, found.candles.length);
      const newest = found.candles.at(-1) as StoredCandle;
      const from = (found.candles[0] as StoredCandle).openTime - FUNDING_LEAD_MS;
      // Exchanges stamp settlements a few ms late; those of the minute belong to the candle (features.md #27).
      const rates = await repository.funding.range(symbol, from, newest.openTime + MINUTE_MS - 1);
      return {
        symbol,
        candles: found.candles,
        funding: rates,
        close: newest.close,
        closeTime: newest.openTime + STEP_MS,
        validity: judgeWindow(found.candles, rates, found.fundingKnownTo, at ?? exchange.latestNow()),
        revision: revisionOf(found.candles, rates),
      };
    },

    async status(symbols = refresher.symbols()) {
      const now = exchange.latestNow();
      const states = symbols.map(async (symbol): Promise<SymbolStatus> => {
        const [newest] = await repository.candles.newest(symbol, TIMEFRAME, 1);
        const newestCloseTime = newest === undefined ? null : newest.openTime + STEP_MS;
        return {
          symbol,
          newestCloseTime,
          ageMs: newestCloseTime === null ? null : now - newestCloseTime,
          gaps: await repository.gaps.list(symbol, TIMEFRAME),
          lastError: refresher.lastError(symbol),
        };
      });
      return { exchange: exchange.status(), symbols: await Promise.all(states) };
    },
  };
}

/** Settlements happen at full hours: the last one that a window can need. */
function fundingNeededTo(newestOpenTime: number): number {
  return Math.floor(newestOpenTime / HOUR_MS) * HOUR_MS;
}

/** The longest run of candles without a hole that ends with the newest. */
function unbrokenEnd(candles: readonly StoredCandle[]): readonly StoredCandle[] {
  for (let index = candles.length - 1; index > 0; index -= 1) {
    const step = (candles[index] as StoredCandle).openTime - (candles[index - 1] as StoredCandle).openTime;
    if (step !== STEP_MS) return candles.slice(index);
  }
  return candles;
}

function tooShort(symbol: string, count: number): PaperdeskError {
  return new PaperdeskError(
    'HISTORY_TOO_SHORT',
    `${symbol} has ${count} closed 15m candles; a decision needs ${WINDOW_CANDLES}, which takes 15.6 days from its listing.`,
  );
}

function revisionOf(candles: readonly StoredCandle[], funding: readonly FundingRate[]): string {
  const numbers = new Float64Array(candles.length * 6 + funding.length * 2);
  let offset = 0;
  for (const { openTime, open, high, low, close, volume } of candles) {
    numbers.set([openTime, open, high, low, close, volume], offset);
    offset += 6;
  }
  for (const { time, rate } of funding) {
    numbers.set([time, rate], offset);
    offset += 2;
  }
  return createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('base64url').slice(0, 22);
}
