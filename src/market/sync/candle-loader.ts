import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import { isRecheckDue } from './recheck.ts';

export interface LoaderDependencies {
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly clock: Clock;
  readonly log: Log;
}

/** Brings stored candles up to date. */
export interface CandleLoader {
  /**
   * Asks the exchange for the candles that open from `from` to `to` (both included) and are not stored, stores them,
   * and fills those inside that it does not have. Candles at the end that it does not have yet stay missing.
   * @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN; what was stored before stays
   */
  load(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<void>;
  /**
   * Asks the exchange for candles that are stored once more, and stores what it says now in their place.
   * @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN; what was stored before stays
   */
  reload(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<void>;
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Candles between two runs that cost less to ask for again than another request. */
const CLOSE_TOGETHER = 100;
const MORE_CANDLES = 5;
/** A first download whose newest close is not within this factor of the price traded is of another symbol. */
const PRICE_FACTOR = 1.5;

export function createCandleLoader(parts: LoaderDependencies): CandleLoader {
  const { exchange, repository, clock, log } = parts;
  /** First candles of symbols that are younger than what was asked for, by symbol and timeframe. */
  const firstCandles = new Map<string, number>();

  return {
    async load(symbol, timeframe, start, to) {
      const step = TIMEFRAME_MS[timeframe];
      const from = Math.max(start, firstCandles.get(`${symbol} ${timeframe}`) ?? start);
      const gaps = await repository.gaps.range(symbol, timeframe, from, to);
      const dueGaps = gaps.filter((gap) => isRecheckDue(gap, step, clock()));
      const wanted = [
        ...missingRuns(await repository.candles.openTimes(symbol, timeframe, from, to), from, to, step),
        ...dueGaps,
      ];
      for (const run of joinRuns(wanted, exchange.candlesPerRequest * step))
        await ask(symbol, timeframe, run);
      for (const run of await holes(symbol, timeframe, from, to)) await ask(symbol, timeframe, run);
      for (const run of await holes(symbol, timeframe, from, to)) await fill(symbol, timeframe, run);
    },
    reload: (symbol, timeframe, from, to) => ask(symbol, timeframe, { from, to }),
  };

  function stored(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<StoredCandle[]> {
    return repository.candles.range(symbol, timeframe, from, to);
  }

  /** Missing candles that others follow: the end is still to come, but these are not. */
  async function holes(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<Run[]> {
    const step = TIMEFRAME_MS[timeframe];
    const times = await repository.candles.openTimes(symbol, timeframe, from, to);
    const later = await repository.candles.oldest(symbol, timeframe, to + step);
    const newest = later === undefined ? times.at(-1) : to;
    return newest === undefined ? [] : missingRuns(times, from, newest, step);
  }

  /** Asks for one run of candles, and stores what came once all of it is there and fits together. */
  async function ask(symbol: string, timeframe: Timeframe, run: Run): Promise<void> {
    const step = TIMEFRAME_MS[timeframe];
    const [before] = await stored(symbol, timeframe, run.from - step, run.from - step);
    const known = before === undefined || before.filled ? undefined : before;
    const fetched = await fetchRun(symbol, timeframe, run, known);
    if (known === undefined) await checkUnknown(symbol, timeframe, fetched);
    if (fetched.length === 0) return settle(symbol, timeframe, run);
    const corrected = fetched.find(({ openTime }) => openTime === known?.openTime);
    if (corrected !== undefined)
      log.warn({ symbol, timeframe, known, corrected }, 'the exchange corrected a closed candle');
    await repository.together(async (transaction) => {
      await transaction.candles.store(symbol, timeframe, fetched);
      const touched = await transaction.gaps.range(symbol, timeframe, run.from, run.to);
      if (touched.length > 0) await transaction.gaps.settle(symbol, timeframe, run.from, run.to, clock());
    });
  }

  async function settle(symbol: string, timeframe: Timeframe, run: Run): Promise<void> {
    const touched = await repository.gaps.range(symbol, timeframe, run.from, run.to);
    if (touched.length > 0) await repository.gaps.settle(symbol, timeframe, run.from, run.to, clock());
  }

  /** Page after page, each beginning with the last candle of the one before; a corrected `known` comes first. */
  async function fetchRun(
    symbol: string,
    timeframe: Timeframe,
    run: Run,
    known: Candle | undefined,
  ): Promise<Candle[]> {
    const step = TIMEFRAME_MS[timeframe];
    const fetched: Candle[] = [];
    let overlap = known;
    let next = run.from;
    while (next <= run.to) {
      const since = overlap?.openTime ?? next;
      // A few more than needed: only what another candle follows is closed, and the next ones may be missing too.
      const limit = Math.min((run.to - since) / step + 1 + MORE_CANDLES, exchange.candlesPerRequest);
      const { closed } = await exchange.fetchCandles(symbol, timeframe, since, limit, { overlap });
      const again = closed.find(({ openTime }) => openTime === overlap?.openTime);
      if (again !== undefined && overlap === known && differs(again, known)) fetched.push(again);
      const fresh = closed.filter(({ openTime }) => openTime >= next);
      const newest = fresh.at(-1);
      if (newest === undefined) break;
      fetched.push(...fresh);
      overlap = newest;
      next = newest.openTime + step;
    }
    return fetched;
  }

  /**
   * With nothing stored to compare a download with, its newest candle is compared with the price traded now, or, where
   * that is too long ago, its oldest one with a second answer.
   */
  async function checkUnknown(
    symbol: string,
    timeframe: Timeframe,
    fetched: readonly Candle[],
  ): Promise<void> {
    const [oldest] = fetched;
    const newest = fetched.at(-1);
    if (oldest === undefined || newest === undefined) return;
    if (clock() - newest.openTime > 4 * TIMEFRAME_MS[timeframe]) {
      await exchange.fetchCandles(symbol, timeframe, oldest.openTime, 2, { overlap: oldest });
      return;
    }
    const price = await exchange.fetchLastPrice(symbol);
    const factor = Math.max(price / newest.close, newest.close / price);
    if (factor <= PRICE_FACTOR) return;
    throw new PaperdeskError(
      'MARKET_UNAVAILABLE',
      `${exchange.id} gave candles of ${symbol} that close at ${newest.close} while it trades at ${price}: ` +
        'they are of another symbol and were not stored.',
    );
  }

  async function fill(symbol: string, timeframe: Timeframe, run: Run): Promise<void> {
    const step = TIMEFRAME_MS[timeframe];
    const before = await candleBefore(symbol, timeframe, run.from);
    if (before === undefined) {
      // The symbol is younger than the run: nothing was missed.
      firstCandles.set(`${symbol} ${timeframe}`, run.to + step);
      return;
    }
    const { close } = before;
    const flat: Candle[] = [];
    for (let openTime = before.openTime + step; openTime <= run.to; openTime += step) {
      flat.push({ openTime, open: close, high: close, low: close, close, volume: 0 });
    }
    const inside = flat.filter(({ openTime }) => openTime >= run.from);
    await repository.together(async (transaction) => {
      await transaction.candles.storeFilled(symbol, timeframe, inside);
      await transaction.gaps.settle(symbol, timeframe, run.from, run.to, clock());
    });
    log.warn(
      { symbol, timeframe, ...run, candles: inside.length },
      'the exchange has no such candles: filled flat',
    );
  }

  /** The last candle before `time`, from the store when it is the neighbour, else from the exchange. */
  async function candleBefore(
    symbol: string,
    timeframe: Timeframe,
    time: number,
  ): Promise<Candle | undefined> {
    const step = TIMEFRAME_MS[timeframe];
    const [neighbour] = await stored(symbol, timeframe, time - step, time - step);
    if (neighbour !== undefined) return neighbour;
    const count = exchange.candlesPerRequest;
    const { closed } = await exchange.fetchCandles(symbol, timeframe, time - count * step, count);
    return closed.findLast(({ openTime }) => openTime < time);
  }
}

function differs(a: Candle, b: Candle | undefined): boolean {
  return (
    b !== undefined &&
    (['open', 'high', 'low', 'close', 'volume'] as const).some((field) => a[field] !== b[field])
  );
}

/** Runs of slots from `from` to `to` that none of `openTimes` (ascending) stands in. */
function missingRuns(openTimes: readonly number[], from: number, to: number, step: number): Run[] {
  const runs: Run[] = [];
  let next = from;
  for (const openTime of openTimes) {
    if (openTime > to) break;
    if (openTime > next) runs.push({ from: next, to: openTime - step });
    next = Math.max(next, openTime + step);
  }
  if (next <= to) runs.push({ from: next, to });
  return runs;
}

/** Joins runs that lie close together, so that they are asked for at once, in order of time. */
function joinRuns(runs: readonly Run[], step: number): Run[] {
  const joined: { from: number; to: number }[] = [];
  for (const run of [...runs].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && run.from - last.to <= CLOSE_TOGETHER * step)
      last.to = Math.max(run.to, last.to);
    else joined.push({ ...run });
  }
  return joined;
}
