import { MINUTE_MS, newestClosedOpenTime } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { FUNDING_LEAD_MS, WINDOW_CANDLES } from '../market/store/window-validity.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { FundingLoader } from '../market/sync/funding-loader.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { DECISION_CANDLE_MS, decisionCandleStart, INTRABAR_CANDLE_MS } from '../trading/candle-times.ts';
import type { ManualMoment } from '../trading/manual-order.ts';
import { markedAt, type Stretch, stretchOf } from './market-stretch.ts';

/** A stretch, and why it may end too early: what the exchange did not give. */
export interface KnownStretch extends Stretch {
  readonly failure: PaperdeskError | null;
  /** Whether the exchange has nothing to add before another candle closes. */
  readonly complete: boolean;
}

/** The market as accounts live through it: what is stored, and what the exchange has to add to that. */
export interface PaperMarket {
  /** From the quarter of an hour that `from` (ms) falls in until now, as far as it is known. */
  since(symbol: string, from: number): Promise<KnownStretch>;
  /**
   * Open of the 3-minute candle that opens at `time` (ms); undefined as long as it is not known, null where the
   * exchange has none.
   */
  openAt(symbol: string, time: number): Promise<number | null | undefined>;
  /** Close of the newest closed 3-minute candle. @throws MARKET_UNAVAILABLE when it is older than six minutes */
  newestClose(symbol: string): Promise<number>;
  /** The newest close that is stored, however old; null where none is. */
  storedClose(symbol: string): Promise<number | null>;
  /** Stored closes of the 15-minute candles that closed at these times (ms; 5000 at most), by that time. */
  closesAt(symbol: string, times: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Changes with every write of the symbol's candles, funding or gaps. */
  revision(symbol: string): Promise<string>;
  /** The market for whoever trades by hand now. @throws MARKET_UNAVAILABLE */
  moment(symbol: string): Promise<ManualMoment>;
}

export interface PaperMarketParts {
  readonly exchange: Pick<Exchange, 'fetchCandles'>;
  readonly repository: MarketRepository;
  readonly candles: CandleLoader;
  readonly funding: FundingLoader;
  readonly now: () => number;
}

const ASKS_BEFORE_FILLED = 2;
const OLD_MS = 60 * MINUTE_MS;
/** A close that is older says too little about what a trade would cost. */
const OLDEST_CLOSE_MS = 2 * INTRABAR_CANDLE_MS;
/** A stretch refers to some 1500 candles, 150 kB, which those of the same symbol share for the most part. */
const MOST_KEPT = 50;

export function createPaperMarket(parts: PaperMarketParts): PaperMarket {
  const { exchange, repository, now } = parts;
  const oneAtATime = createKeyedMutex();
  const stretches = createRevisionCache<KnownStretch>({ isCacheable: isComplete, maxEntries: MOST_KEPT });
  const leads = createRevisionCache<Awaited<ReturnType<typeof candlesOf>>>({
    isCacheable: isComplete,
    maxEntries: MOST_KEPT,
  });
  const opens = new Map<string, { readonly time: number; readonly open: number }>();
  const closes = createRevisionCache<number | null>({ maxEntries: MOST_KEPT });

  /** Runs a download, one per symbol at a time; answers what the exchange did not give. */
  async function attempt(work: () => Promise<void>): Promise<PaperdeskError | null> {
    try {
      await work();
      return null;
    } catch (error) {
      if (error instanceof PaperdeskError && error.code === 'MARKET_UNAVAILABLE') return error;
      throw error;
    }
  }

  async function candlesOf(symbol: string, timeframe: '3m' | '15m', from: number, due: number) {
    const step = timeframe === '3m' ? INTRABAR_CANDLE_MS : DECISION_CANDLE_MS;
    const stored = () => repository.candles.range(symbol, timeframe, from, due);
    const found = await stored();
    const wanted = Math.max(0, (due - from) / step + 1);
    if (found.length === wanted && !found.some(({ filled }) => filled))
      return { candles: found, complete: true, failure: null };
    const failure = await attempt(() => parts.candles.load(symbol, timeframe, from, due));
    const candles = await stored();
    // Filled ones are asked for again when another candle has closed.
    return { candles, complete: candles.length === wanted, failure };
  }

  /** The 15-minute candles from 1500 before `start` on; they are read again when one of them was written. */
  async function leadOf(symbol: string, start: number) {
    const due = () => newestClosedOpenTime(now(), '15m');
    return leads.get(
      `${symbol} ${start}`,
      async () => `${due()} ${await repository.revision(symbol)}`,
      () => candlesOf(symbol, '15m', start - WINDOW_CANDLES * DECISION_CANDLE_MS, due()),
    );
  }

  async function readClose(symbol: string): Promise<number | null> {
    const [recent] = await repository.candles.newest(symbol, '3m', 1);
    const [long] = await repository.candles.newest(symbol, '15m', 1);
    const isNewer =
      recent !== undefined &&
      (long === undefined || recent.openTime + INTRABAR_CANDLE_MS >= long.openTime + DECISION_CANDLE_MS);
    return (isNewer ? recent : long)?.close ?? null;
  }

  /** Tells of each filled candle whether the exchange will not bring it any more. */
  async function judgeFilled(symbol: string, from: number, to: number) {
    const gaps = await repository.gaps.range(symbol, '3m', from, to);
    return ({ openTime }: StoredCandle) => {
      const gap = gaps.find((one) => one.from <= openTime && one.to >= openTime);
      return now() - openTime > OLD_MS || gap === undefined || gap.asks >= ASKS_BEFORE_FILLED;
    };
  }

  /** What is complete stays so until something is stored or the next candle closes. */
  async function since(symbol: string, from: number): Promise<KnownStretch> {
    const start = decisionCandleStart(from);
    return stretches.get(
      `${symbol} ${start}`,
      async () => `${newestClosedOpenTime(now(), '3m')} ${await repository.revision(symbol)}`,
      () => readSince(symbol, start),
    );
  }

  async function readSince(symbol: string, start: number): Promise<KnownStretch> {
    const due = newestClosedOpenTime(now(), '3m');
    const recent = await candlesOf(symbol, '3m', start, due);
    const long = await leadOf(symbol, start);
    const newest = recent.candles.at(-1)?.openTime ?? start;
    // From where a window at `start` has it, so that what is known of funding stays one stretch for everybody.
    const fundingFrom = start - WINDOW_CANDLES * DECISION_CANDLE_MS - FUNDING_LEAD_MS;
    const unpaid = await attempt(() => parts.funding.load(symbol, fundingFrom, fundingNeededTo(newest)));
    const coverage = await repository.funding.coverage(symbol);
    const stretch = stretchOf({
      from: start,
      candles3m: recent.candles,
      candles15m: unbrokenFrom(long.candles),
      funding: await repository.funding.range(symbol, start, due + INTRABAR_CANDLE_MS),
      fundingKnownTo: coverage !== undefined && coverage.from <= start ? coverage.to : 0,
      staysFilled: await judgeFilled(symbol, start, due),
    });
    const failure = recent.failure ?? long.failure ?? unpaid;
    return { ...stretch, failure, complete: recent.complete && long.complete && failure === null };
  }

  async function newestCandle(symbol: string): Promise<StoredCandle> {
    const due = newestClosedOpenTime(now(), '3m');
    const { candles, failure } = await oneAtATime(symbol, () =>
      candlesOf(symbol, '3m', due - INTRABAR_CANDLE_MS, due),
    );
    const newest = candles.findLast(({ filled }) => !filled);
    if (newest !== undefined) return newest;
    throw (
      failure ??
      new PaperdeskError(
        'MARKET_UNAVAILABLE',
        `There is no close of ${symbol} from the last ${OLDEST_CLOSE_MS / MINUTE_MS} minutes.`,
        { retryAfterSeconds: 5 },
      )
    );
  }

  return {
    since: (symbol, from) => oneAtATime(symbol, () => since(symbol, from)),

    async openAt(symbol, time) {
      const known = opens.get(symbol);
      if (known?.time === time) return known.open;
      const [stored] = await repository.candles.range(symbol, '3m', time, time);
      if (stored !== undefined) return stored.filled ? null : stored.open;
      const { closed, forming } = await exchange.fetchCandles(symbol, '3m', time, 2);
      const found = [...closed, ...(forming === undefined ? [] : [forming])].find(
        ({ openTime }) => openTime === time,
      );
      if (found !== undefined) opens.set(symbol, { time, open: found.open });
      return found?.open;
    },

    newestClose: async (symbol) => (await newestCandle(symbol)).close,

    storedClose: (symbol) =>
      closes.get(
        symbol,
        () => repository.revision(symbol),
        () => readClose(symbol),
      ),

    revision: repository.revision,

    async closesAt(symbol, times) {
      const openTimes = times.map((time) => time - DECISION_CANDLE_MS);
      const closes = await repository.candles.closesAt(symbol, '15m', openTimes);
      return new Map(Array.from(closes, ([openTime, close]) => [openTime + DECISION_CANDLE_MS, close]));
    },

    async moment(symbol) {
      const time = now();
      const { close } = await newestCandle(symbol);
      const at = decisionCandleStart(time);
      const { candles, failure } = await oneAtATime(symbol, () =>
        candlesOf(symbol, '15m', at - WINDOW_CANDLES * DECISION_CANDLE_MS, at - DECISION_CANDLE_MS),
      );
      const marked = markedAt(unbrokenFrom(candles), at);
      if (marked !== null) return { time, price: close, atr14: marked.atr14 };
      throw (
        failure ??
        new PaperdeskError(
          'MARKET_UNAVAILABLE',
          `The candle of ${symbol} that closed at ${new Date(at).toISOString()} is not known yet.`,
          { retryAfterSeconds: 5 },
        )
      );
    },
  };
}

function isComplete({ complete }: { readonly complete: boolean }): boolean {
  return complete;
}

/** The candles after the last hole, up to the end. */
function unbrokenFrom(candles: readonly StoredCandle[]): readonly StoredCandle[] {
  const hole = candles.findLastIndex(
    ({ openTime }, index) =>
      index > 0 && openTime - (candles[index - 1]?.openTime ?? 0) !== DECISION_CANDLE_MS,
  );
  return hole === -1 ? candles : candles.slice(hole);
}
