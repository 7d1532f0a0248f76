import { type Candle, type FundingRate, MINUTE_MS, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import type { Database } from '../../db/connection.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import { createWakeUp } from '../../runtime/wake-up.ts';
import type { StoredCandle } from '../store/candle-repository.ts';
import { createCursorRepository } from '../store/cursor-repository.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import { fundingNeededTo } from '../store/stored-window.ts';
import type { FundingLoader } from './funding-loader.ts';

/** Closed candles for a consumer: the next ones it has not had, in order, without holes. */
export interface CandleBatch {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** `filled` ones stand in for candles that the exchange does not have, and stay so for this consumer. */
  readonly candles: readonly StoredCandle[];
  /** All settlements from the open of the first candle to the close of the last, in order of time. */
  readonly funding: readonly FundingRate[];
}

/**
 * Moves the consumer's cursor behind `through`, a candle of the batch, in `transaction`: together with what the
 * consumer made of it, or not at all. Candles are taken in order; none twice.
 * @throws when the cursor does not stand where the batch says, so that the transaction must not be committed
 */
export type AdvanceCursor = (transaction: Database, through: Candle) => Promise<void>;

/**
 * Somebody who takes every closed candle exactly once, also across crashes.
 *
 * The contract: `consume` writes what it makes of the candles and calls `advance` **in the same transaction**, once
 * for the whole batch or once for each transaction it splits it into. What it did not advance over, because it
 * returned early, threw, or the process was killed, is given again. Inside the transaction nothing but the
 * transaction may be used (the store has one connection, and waiting for it would never end), and whatever `consume`
 * keeps in memory must be taken from the store again after it threw.
 */
export interface CandleConsumer {
  /** The same after every restart, and of no other consumer of this symbol. */
  readonly name: string;
  readonly symbol: string;
  /** Open time (ms) of the first candle it is given when it has no cursor yet; the next one to close by default. */
  readonly from?: number | undefined;
  consume(batch: CandleBatch, advance: AdvanceCursor): Promise<void>;
}

export interface FeedStatus {
  readonly consumer: string;
  readonly symbol: string;
  /** Open time of the next candle it is given, in ms; null before its cursor was read. */
  readonly next: number | null;
  /** How long ago that one closed, in ms; 0 while it has not. */
  readonly lagMs: number | null;
  readonly lastError: string | null;
}

/** The deliveries to one consumer. */
export interface CandleFeed {
  /** Says that there may be more candles. */
  wake(): void;
  status(): FeedStatus;
  /** Waits until all candles before `openTime` (ms) were consumed. @throws what went wrong last, after `patienceMs` */
  reach(openTime: number, patienceMs: number): Promise<void>;
  /** Ends in order; a batch under way is finished first. */
  stop(): Promise<void>;
}

export interface FeedParts {
  readonly consumer: CandleConsumer;
  readonly timeframe: Timeframe;
  /** Open time (ms) at which a consumer begins that has no cursor and does not say. */
  readonly begin: number;
  readonly repository: MarketRepository;
  readonly funding: FundingLoader;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Called with the cursor once it is known. */
  readonly onBegin: (next: number) => void;
}

/** A day of 3m candles. */
const CANDLES_PER_BATCH = 480;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_WAIT_MS = 60_000;
/** A filled candle is given only when the exchange was asked for it this often, or it is so old that it will not come. */
const ASKS_BEFORE_FILLED = 2;
const OLD_MS = 60 * MINUTE_MS;

export function createCandleFeed(parts: FeedParts): CandleFeed {
  const { consumer, timeframe, repository, clock, timers, log } = parts;
  const { name, symbol } = consumer;
  const key = { consumer: name, symbol, timeframe };
  const step = TIMEFRAME_MS[timeframe];
  const wakeUp = createWakeUp(timers);
  let next: number | null = null;
  let lastError: string | null = null;
  let pauses = 0;
  let waiting: (() => void)[] = [];

  function tell(): void {
    const told = waiting;
    waiting = [];
    for (const one of told) one();
  }

  /** The candles from `from` on that may be given now. */
  async function ready(from: number): Promise<readonly StoredCandle[]> {
    const to = from + (CANDLES_PER_BATCH - 1) * step;
    const stored = await repository.candles.range(symbol, timeframe, from, to);
    const hole = stored.findIndex(({ openTime }, index) => openTime !== from + index * step);
    const unbroken = hole === -1 ? stored : stored.slice(0, hole);
    if (!unbroken.some(({ filled }) => filled)) return unbroken;
    const gaps = await repository.gaps.range(symbol, timeframe, from, to);
    const held = unbroken.findIndex(({ filled, openTime }) => {
      if (!filled || clock() - openTime > OLD_MS) return false;
      const gap = gaps.find((one) => one.from <= openTime && one.to >= openTime);
      return gap !== undefined && gap.asks < ASKS_BEFORE_FILLED;
    });
    return held === -1 ? unbroken : unbroken.slice(0, held);
  }

  async function fundingOf(first: StoredCandle, last: StoredCandle): Promise<readonly FundingRate[]> {
    await parts.funding.load(symbol, first.openTime, fundingNeededTo(last.openTime));
    return repository.funding.range(symbol, first.openTime, last.openTime + step - 1);
  }

  /** Gives the next candles, if there are any. */
  async function deliver(from: number): Promise<number> {
    const candles = await ready(from);
    const [first] = candles;
    const last = candles.at(-1);
    if (first === undefined || last === undefined) return from;
    const funding = await fundingOf(first, last);
    let position = from;
    let open = true;
    const advance: AdvanceCursor = async (transaction, through) => {
      if (!open) throw new Error(`${name} advanced its cursor after it had returned`);
      if (!transaction.isTransaction) throw new Error(`${name} advanced its cursor outside a transaction`);
      if (through.openTime < position || through.openTime > last.openTime || through.openTime % step !== 0) {
        throw new Error(`${name} advanced its cursor to ${through.openTime}, which was not given to it`);
      }
      const to = through.openTime + step;
      if (!(await createCursorRepository(transaction).move(key, position, to))) {
        throw new Error(`The cursor of ${name} no longer stands at ${position}: somebody else moved it`);
      }
      position = to;
    };
    try {
      await consumer.consume({ symbol, timeframe, candles, funding }, advance);
    } finally {
      open = false;
    }
    const reached = (await repository.cursors.find(key)) ?? from;
    if (reached <= from) throw new Error(`${name} took no candle of those from ${from} on`);
    return reached;
  }

  async function deliverNext(): Promise<boolean> {
    // What is stored counts: a consumer that failed may have committed a part.
    const stored = await repository.cursors.begin({ ...key, next: consumer.from ?? parts.begin });
    if (next === null) parts.onBegin(stored);
    next = stored;
    next = await deliver(stored);
    lastError = null;
    pauses = 0;
    return next > stored;
  }

  async function run(): Promise<void> {
    let notBefore = 0;
    while (!wakeUp.stopped) {
      let wait = notBefore - timers.monotonic();
      if (wait <= 0) {
        try {
          const moved = await deliverNext();
          wait = moved ? 0 : LONGEST_WAIT_MS;
        } catch (error) {
          pauses += 1;
          wait =
            Math.min(FIRST_PAUSE_MS * 2 ** (pauses - 1), LONGEST_PAUSE_MS) * (0.75 + timers.random() / 2);
          lastError = error instanceof Error ? error.message : String(error);
          log.error({ consumer: name, symbol, err: error }, 'closed candles could not be delivered');
        }
        notBefore = lastError === null ? 0 : timers.monotonic() + wait;
        tell();
      }
      await wakeUp.sleep(wait);
    }
    tell();
  }

  const running = run();
  return {
    wake: wakeUp.wake,
    status: () => ({
      consumer: name,
      symbol,
      next,
      lagMs: next === null ? null : Math.max(0, clock() - next - step),
      lastError,
    }),

    async reach(openTime, patienceMs) {
      const deadline = timers.monotonic() + patienceMs;
      while (next === null || next < openTime) {
        const left = deadline - timers.monotonic();
        if (left <= 0 || wakeUp.stopped) throw notReached(symbol, lastError);
        const done = new AbortController();
        await Promise.race([
          new Promise<void>((resolve) => waiting.push(resolve)),
          timers.sleep(left, done.signal),
        ]);
        done.abort();
      }
    },

    async stop() {
      wakeUp.stop();
      await running;
    },
  };
}

function notReached(symbol: string, lastError: string | null): PaperdeskError {
  const why = lastError === null ? 'they are still being downloaded' : lastError;
  return new PaperdeskError(
    'MARKET_UNAVAILABLE',
    `The closed candles of ${symbol} were not executed: ${why}.`,
    {
      retryAfterSeconds: 5,
    },
  );
}
