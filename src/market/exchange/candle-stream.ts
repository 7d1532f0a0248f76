import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import { createWakeUp } from '../../runtime/wake-up.ts';
import { candlesOfRows } from './answers.ts';
import { type CcxtClient, cutConnections } from './ccxt-client.ts';
import { asExchangeFailure } from './failure.ts';

/** The start of a candle, which closes the one before. */
export interface CandleStart {
  /** Open time of the candle that started, in ms. */
  readonly opened: number;
  /** The candle before; undefined if its last updates may have been missed. */
  readonly closed: Candle | undefined;
}

export interface StreamStatus {
  /** `live` once the current connection has brought an update. */
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'closed';
  /** How often the connection was lost or cut. */
  readonly interruptions: number;
  /** Time since the last update, in ms; null before the first. */
  readonly silentForMs: number | null;
  readonly lastError: string | null;
}

/** A subscription to the candles of one symbol. */
export interface CandleStream {
  status(): StreamStatus;
  close(): Promise<void>;
}

export interface CandleStreamDependencies {
  readonly client: CcxtClient;
  /** ccxt's form of the symbol; may send a request. */
  readonly resolve: () => Promise<string>;
  /** Called with ccxt's form of the symbol once the stream is closed. */
  readonly leave: (unified: string) => void;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The earlier and the later of both clocks, in ms; null before they were compared. */
  readonly exchangeTime: () => { readonly earliest: number; readonly latest: number } | null;
  readonly onCandleStart: (start: CandleStart) => void;
  /** Time of the last update of any symbol (monotonic ms); the streams of a client share it. */
  readonly pulse: { at: number };
  /** Aborted when the exchange is closed, which ends the connections of all streams. */
  readonly closing: AbortSignal;
  readonly timers: Timers;
  readonly log: Log;
}

/** A connection without any update for this long is cut. */
const SILENCE_MS = 60_000;
/** So is one without an update of a symbol for this many candles: each candle has at least one. */
const SILENT_CANDLES = 2;
const BACKOFF = { firstMs: 500, longestMs: 60_000, jitter: 0.5 };
/** If the next candle starts later than this after the last update, updates in between may have been missed. */
const MAX_START_DELAY_MS = 5_000;
/** The last update of a candle comes at its close, within the accuracy of the clocks. */
const CLOSE_TOLERANCE_MS = 300;

interface Update {
  readonly candle: Candle;
  /** Monotonic ms. */
  readonly at: number;
  /** Whether it came after the close of the candle. */
  readonly afterClose: boolean;
}

/**
 * Watches candles through ccxt and reconnects with backoff. ccxt drops the exchange's flag for a closed candle, so a
 * candle closes when the next one starts. It is complete only if an update came after its close, and the next candle
 * started right after on the same connection (market.md#20); all others must be requested.
 */
export function openCandleStream(dependencies: CandleStreamDependencies): CandleStream {
  const { client, symbol, timeframe, pulse, closing, timers, log } = dependencies;
  const wakeUp = createWakeUp(timers);
  let state: StreamStatus['state'] = 'connecting';
  let interruptions = 0;
  let updatedAt: number | undefined;
  let lastError: string | null = null;
  let failures = 0;
  /** ccxt's form of the symbol, once it was watched. */
  let watched: string | undefined;

  /** Watches one connection until it fails. */
  async function watch(unified: string): Promise<never> {
    let last: Update | undefined;
    watched = unified;
    for (;;) {
      const rows = await nextRows(unified);
      const at = timers.monotonic();
      const time = dependencies.exchangeTime();
      const candles = candlesOfRows(rows, timeframe, time?.latest ?? Number.POSITIVE_INFINITY);
      // The first result may include candles of the connection before; only the newest is of this one.
      for (const candle of last === undefined ? candles.slice(-1) : candles) {
        if (last !== undefined && candle.openTime < last.candle.openTime) continue;
        if (last === undefined || candle.openTime > last.candle.openTime) {
          dependencies.onCandleStart({
            opened: candle.openTime,
            closed: last && completed(last, candle, at),
          });
        }
        const closeTime = candle.openTime + TIMEFRAME_MS[timeframe];
        const afterClose = time !== null && time.earliest >= closeTime - CLOSE_TOLERANCE_MS;
        last = { candle, at, afterClose };
      }
      updatedAt = at;
      pulse.at = at;
      state = 'live';
      failures = 0;
    }
  }

  /** The candle of an update if `next`, which came at `now`, shows that it is complete. */
  function completed({ candle, at, afterClose }: Update, next: Candle, now: number): Candle | undefined {
    const follows = next.openTime === candle.openTime + TIMEFRAME_MS[timeframe];
    return follows && afterClose && now - at <= MAX_START_DELAY_MS ? candle : undefined;
  }

  /** @throws if the connection fails or is silent */
  async function nextRows(unified: string): Promise<unknown> {
    const startedAt = timers.monotonic();
    const update = client.watchOHLCV(unified, timeframe);
    // It may fail when its connection ends, after it was awaited.
    update.catch(() => {});
    for (;;) {
      const rows = await within(update, SILENCE_MS);
      if (rows !== SILENCE) return rows;
      if (wakeUp.stopped) throw new Error('the stream is closed');
      const now = timers.monotonic();
      const silentMs = now - Math.max(pulse.at, startedAt);
      const waitedMs = now - startedAt;
      if (silentMs < SILENCE_MS && waitedMs < SILENT_CANDLES * TIMEFRAME_MS[timeframe]) continue;
      // All symbols share the connection.
      cutConnections(client);
      throw new Error(`no update came for ${Math.round(waitedMs / 1000)} s`);
    }
  }

  /** The result of `update` within `ms`, otherwise SILENCE. */
  async function within(update: Promise<unknown>, ms: number): Promise<unknown> {
    let waiting = true;
    const quiet = wakeUp.sleep(ms).then(() => {
      waiting = false;
      return SILENCE;
    });
    try {
      return await Promise.race([update, quiet]);
    } finally {
      if (waiting) wakeUp.wake();
      await quiet;
    }
  }

  async function run(): Promise<void> {
    while (!wakeUp.stopped) {
      try {
        await watch(await dependencies.resolve());
      } catch (error) {
        if (wakeUp.stopped || closing.aborted) break;
        lastError = asExchangeFailure(error).message;
        interruptions += 1;
        failures += 1;
        state = 'reconnecting';
        log.warn({ symbol, timeframe, error: lastError }, 'candle stream interrupted');
        await wakeUp.sleep(backoffMs(BACKOFF, failures, timers.random));
      }
    }
    state = 'closed';
    if (watched !== undefined) dependencies.leave(watched);
  }

  const running = run();
  return {
    status: () => ({
      state,
      interruptions,
      silentForMs: updatedAt === undefined ? null : timers.monotonic() - updatedAt,
      lastError,
    }),
    close() {
      wakeUp.stop();
      return running;
    },
  };
}

const SILENCE = Symbol('silence');
