import { newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { shownError } from '../../db/shown-error.ts';
import { PaperdeskError } from '../../errors.ts';
import { startBackgroundLoop } from '../../runtime/background-loop.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import { candleProblem } from '../exchange/candle-check.ts';
import type { CandleStart, CandleStream, StreamStatus } from '../exchange/candle-stream.ts';
import type { SyncDependencies } from './market-loaders.ts';

export interface IntrabarSyncStatus {
  readonly stream: StreamStatus;
  /** Open time of the newest stored candle, in ms; null before the first. */
  readonly newest: number | null;
  /** Candles since the start, from the stream and from requests. */
  readonly streamed: number;
  readonly requested: number;
  readonly lastError: string | null;
}

export interface IntrabarSyncDependencies extends Omit<SyncDependencies, 'clock'> {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Called once the candles from `from` to before `to` (ms) are stored; older ones may have changed too. */
  readonly onStored: (from: number, to: number) => void;
}

/** How long after its close a candle is requested, with and without a live stream. */
const GRACE_MS = { withStream: 2_500, withoutStream: 700 };
const JITTER_MS = 800;
/** Limits how late a change of the clocks is noticed. */
const MAX_SLEEP_MS = 15_000;
const BACKOFF = { firstMs: 1_000, longestMs: 60_000, jitter: 0.25 };
/** Candles per download. */
const BATCH = 2_000;
/** A streamed candle opens within this share of the close before, or it is requested. */
const MAX_JUMP = 0.02;
/** Filled candles that are requested again. */
const GAPS = { maxAgeMs: 7 * 24 * 60 * 60_000, max: 20 };
/** Candle starts that wait during a download, which loads the older ones. */
const MAX_STARTS = 10;
const UNOPENED: StreamStatus = { state: 'connecting', interruptions: 0, silentForMs: null, lastError: null };

/** Stores the intrabar candles of one symbol as they close, without a gap (market.md#20). */
export function startIntrabarCandleSync(dependencies: IntrabarSyncDependencies) {
  const { symbol, timeframe, exchange, repository, timers, log, onStored } = dependencies;
  const loader = dependencies.loaders.candles;
  const step = TIMEFRAME_MS[timeframe];
  const write = repository.beginWrite(symbol, 'owner');
  let next = newestClosedOpenTime(exchange.earliestNow(), timeframe);
  let newest: number | null = null;
  let starts: CandleStart[] = [];
  let skipsGrace = false;
  let gapsCheckedAt: number | null = null;
  let failures = 0;
  let streamed = 0;
  let requested = 0;
  let lastError: string | null = null;

  /** Opened with the first stored candle: a subscription to candles that the exchange does not have would be silent. */
  let stream: CandleStream | undefined;

  function openStream(): CandleStream {
    return exchange.watchCandles(symbol, timeframe, (start) => {
      starts = [...starts, start].slice(-MAX_STARTS);
      loop.wake();
    });
  }

  function advanceTo(to: number): void {
    const from = next;
    next = to;
    newest = to - step;
    failures = 0;
    lastError = null;
    if (!loop.stopped) stream ??= openStream();
    onStored(from, to);
  }

  /** Stores a streamed candle if it follows the stored ones. */
  async function storeStreamed({ closed }: CandleStart): Promise<void> {
    if (closed === undefined || closed.openTime !== next) return;
    const [before] = await repository.candles.range(symbol, timeframe, next - step, next - step);
    if (before === undefined || before.filled || candleProblem(closed, timeframe) !== undefined) return;
    if (Math.abs(closed.open / before.close - 1) > MAX_JUMP) return;
    await write(({ candles }) => candles.store(symbol, timeframe, [closed]));
    streamed += 1;
    if (next === closed.openTime) advanceTo(next + step);
  }

  /** Downloads the missing candles up to `to`; returns whether all of them arrived. */
  async function catchUp(to: number): Promise<boolean> {
    while (next <= to && !loop.stopped) {
      const first = next;
      const last = Math.min(to, first + (BATCH - 1) * step);
      await loader.load(symbol, timeframe, first, last);
      const stored = await repository.candles.range(symbol, timeframe, first, last);
      // Older candles were included during the download.
      if (next !== first) continue;
      const gap = stored.findIndex(({ openTime }, index) => openTime !== first + index * step);
      const count = gap === -1 ? stored.length : gap;
      if (count === 0) return false;
      requested += count;
      advanceTo(next + count * step);
    }
    return true;
  }

  /** Requests filled candles again, once per candle; the loader skips those that are not due (market.md#13). */
  async function recheckGaps(): Promise<void> {
    if (newest === null || gapsCheckedAt === newest) return;
    gapsCheckedAt = newest;
    const gaps = await repository.gaps.list(symbol, timeframe, newest - GAPS.maxAgeMs, newest);
    for (const { from, to } of gaps.slice(-GAPS.max)) await loader.load(symbol, timeframe, from, to);
    if (gaps.length > 0) onStored(next, next);
  }

  async function work(): Promise<number> {
    let isDue = skipsGrace;
    skipsGrace = false;
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      await storeStreamed(start);
      // The next candle has started at the exchange.
      isDue ||= start.opened > next;
    }
    const isLive = stream?.status().state === 'live';
    const grace = (isLive ? GRACE_MS.withStream : GRACE_MS.withoutStream) + timers.random() * JITTER_MS;
    const overdue = exchange.earliestNow() - (next + step);
    if (overdue >= 0 && (isDue || overdue >= grace)) {
      const isComplete = await catchUp(newestClosedOpenTime(exchange.earliestNow(), timeframe));
      if (!isComplete) return pause();
    }
    await recheckGaps();
    return Math.min(next + step + grace - exchange.earliestNow(), MAX_SLEEP_MS);
  }

  function pause(): number {
    failures += 1;
    return backoffMs(BACKOFF, failures, timers.random);
  }

  const loop = startBackgroundLoop({
    timers,
    work,
    onFailure(error) {
      lastError = shownError(error);
      log.warn({ symbol, timeframe, err: error }, 'candles could not be brought up to date');
      const retryAfterMs = error instanceof PaperdeskError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
      return Math.min(Math.max(pause(), retryAfterMs), BACKOFF.longestMs);
    },
  });

  return {
    /** Also stores the candles from `openTime` (ms) on. */
    includeFrom(openTime: number): void {
      next = Math.min(next, Math.floor(openTime / step) * step);
      skipsGrace = true;
      loop.wake();
    },
    status(): IntrabarSyncStatus {
      return { stream: stream?.status() ?? UNOPENED, newest, streamed, requested, lastError };
    },
    /** Waits for the work under way. */
    async stop(): Promise<void> {
      await Promise.all([loop.stop(), stream?.close()]);
    },
  };
}
