import { newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError, shownMessage } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import { createWakeUp } from '../../runtime/wake-up.ts';
import { candleProblem } from '../exchange/candle-check.ts';
import type { CandleStart, StreamStatus } from '../exchange/candle-stream.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import type { CandleLoader } from './candle-loader.ts';

/** Keeps the stored candles of one symbol and timeframe unbroken and new, as they close. */
export interface CandleFollower {
  /** Candles from `openTime` (ms) on are wanted: what is missing of them is asked for. */
  wantFrom(openTime: number): void;
  status(): FollowerStatus;
  /** Ends in order; what is under way is finished first. */
  stop(): Promise<void>;
}

export interface FollowerStatus {
  readonly stream: StreamStatus;
  /** Open time of the newest candle that is there, in ms; null before the first. */
  readonly newest: number | null;
  /** Candles that came over the stream and by request since the start. */
  readonly streamed: number;
  readonly requested: number;
  readonly lastError: string | null;
}

export interface FollowerParts {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly exchange: Exchange;
  readonly loader: CandleLoader;
  readonly repository: MarketRepository;
  readonly timers: Timers;
  readonly log: Log;
  /** Called after the candles from `from` to before `to` (ms) were stored, and older ones perhaps. */
  readonly onStored: (from: number, to: number) => void;
}

/** How long after its close a candle is asked for: when the stream should have brought it, and when there is none. */
const GRACE_MS = { live: 2_500, without: 700 };
const JITTER_MS = 800;
/** Clocks are looked at this often, however long nothing is due. */
const LONGEST_WAIT_MS = 15_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Asked for and stored at once when catching up. */
const CANDLES_AT_ONCE = 2_000;
/** A streamed candle that opens further than this from where the one before closed is asked for instead. */
const MOST_JUMP = 0.02;
/** Filled candles are looked for again this far back, less and less often; and no more than the newest few gaps. */
const GAPS_BACK_MS = 7 * 24 * 60 * 60_000;
const MOST_GAPS = 20;

export function createCandleFollower(parts: FollowerParts): CandleFollower {
  const { symbol, timeframe, exchange, loader, repository, timers, log } = parts;
  const step = TIMEFRAME_MS[timeframe];
  const wakeUp = createWakeUp(timers);
  let next = newestClosedOpenTime(exchange.earliestNow(), timeframe);
  let newest: number | null = null;
  let turns: CandleStart[] = [];
  let looking = false;
  let checkedAt: number | null = null;
  let pauses = 0;
  let streamed = 0;
  let requested = 0;
  let lastError: string | null = null;

  const stream = exchange.watchCandles(symbol, timeframe, (turn) => {
    // More than a few wait only while candles are asked for, which brings these too.
    turns = [...turns.slice(-9), turn];
    wakeUp.wake();
  });

  const due = () => newestClosedOpenTime(exchange.earliestNow(), timeframe);

  function moveOn(to: number): void {
    const from = next;
    next = to;
    newest = to - step;
    pauses = 0;
    lastError = null;
    parts.onStored(from, to);
  }

  /** Stores the candle that the stream brought, if it is the next one and fits what is there. */
  async function takeTurn({ closed }: CandleStart): Promise<void> {
    if (closed === undefined || closed.openTime !== next) return;
    const [before] = await repository.candles.range(symbol, timeframe, next - step, next - step);
    if (before === undefined || before.filled || candleProblem(closed, timeframe) !== undefined) return;
    if (Math.abs(closed.open / before.close - 1) > MOST_JUMP) return;
    await repository.candles.store(symbol, timeframe, [closed]);
    streamed += 1;
    if (next === closed.openTime) moveOn(next + step);
  }

  /** Asks for what is missing up to `to`, a piece at a time. Answers whether all of it came. */
  async function catchUp(to: number): Promise<boolean> {
    while (next <= to && !wakeUp.stopped) {
      const first = next;
      const last = Math.min(to, first + (CANDLES_AT_ONCE - 1) * step);
      await loader.load(symbol, timeframe, first, last);
      const stored = await repository.candles.range(symbol, timeframe, first, last);
      // Older candles were asked for meanwhile.
      if (next !== first) continue;
      const unbroken = stored.findIndex(({ openTime }, index) => openTime !== first + index * step);
      const count = unbroken === -1 ? stored.length : unbroken;
      if (count === 0) return false;
      requested += count;
      moveOn(next + count * step);
    }
    return true;
  }

  /** Looks for filled candles once after each candle, and when told to. */
  async function checkFilled(): Promise<void> {
    if (newest === null || checkedAt === newest) return;
    checkedAt = newest;
    const gaps = await repository.gaps.range(symbol, timeframe, newest - GAPS_BACK_MS, newest);
    // The loader knows whose time has come.
    for (const { from, to } of gaps.slice(-MOST_GAPS)) await loader.load(symbol, timeframe, from, to);
    if (gaps.length > 0) parts.onStored(next, next);
  }

  /** One look at what came and what is due; answers how long to wait for the next, in ms. */
  async function look(): Promise<number> {
    const asked = looking;
    looking = false;
    let turned = false;
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      await takeTurn(turn);
      turned ||= turn.opened > next;
    }
    const live = stream.status().state === 'live';
    const grace = (live ? GRACE_MS.live : GRACE_MS.without) + timers.random() * JITTER_MS;
    const overdue = exchange.earliestNow() - (next + step);
    // The exchange's own word that a candle closed needs no grace.
    if (overdue >= 0 && (turned || asked || overdue >= grace) && !(await catchUp(due()))) return pause();
    await checkFilled();
    return next + step + grace - exchange.earliestNow();
  }

  function pause(): number {
    pauses += 1;
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (pauses - 1), LONGEST_PAUSE_MS);
    return ms * (0.75 + timers.random() / 2);
  }

  function pauseAfter(error: unknown): number {
    lastError = shownMessage(error);
    log.warn({ symbol, timeframe, err: error }, 'candles could not be brought up to date');
    const asked = error instanceof PaperdeskError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.min(Math.max(pause(), asked), LONGEST_PAUSE_MS);
  }

  async function run(): Promise<void> {
    let notBefore = 0;
    while (!wakeUp.stopped) {
      let wait = notBefore - timers.monotonic();
      if (wait <= 0 || turns.length > 0) {
        const before = pauses;
        wait = await look().catch(pauseAfter);
        notBefore = pauses > before ? timers.monotonic() + wait : 0;
      }
      await wakeUp.sleep(Math.min(wait, LONGEST_WAIT_MS));
    }
  }

  const running = run();
  return {
    wantFrom(openTime) {
      next = Math.min(next, Math.floor(openTime / step) * step);
      looking = true;
      wakeUp.wake();
    },
    status: () => ({ stream: stream.status(), newest, streamed, requested, lastError }),
    async stop() {
      wakeUp.stop();
      await Promise.all([stream.close(), running]);
    },
  };
}
