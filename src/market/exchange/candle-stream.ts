import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import { createWakeUp } from '../../runtime/wake-up.ts';
import { candlesOfRows } from './answers.ts';
import { type CcxtClient, cutConnections } from './ccxt-client.ts';
import { asExchangeFailure } from './failure.ts';

/** A candle that began, and the one before it if it was seen to its end for certain. */
export interface CandleTurn {
  /** Open time of the candle that began, in ms. */
  readonly opened: number;
  /** The candle before it, closed; undefined when some of its last updates may have been missed. */
  readonly closed: Candle | undefined;
}

export interface StreamStatus {
  /** `live` once something came over the present connection. */
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'closed';
  /** How often the connection was lost or given up. */
  readonly interruptions: number;
  /** How long ago the last update came, in ms; null before the first. */
  readonly silentForMs: number | null;
  readonly lastError: string | null;
}

/** The updates of one symbol's candles, for as long as it is not closed. */
export interface CandleStream {
  status(): StreamStatus;
  close(): Promise<void>;
}

export interface StreamParts {
  readonly client: CcxtClient;
  /** ccxt's form of the symbol; may have to ask the exchange. */
  readonly resolve: () => Promise<string>;
  /** Ends the subscription of a symbol in ccxt's form that was watched; not called when the client is closed. */
  readonly leave: (unified: string) => void;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The earliest and the latest instant it can be at the exchange; null while its clock is not known. */
  readonly exchangeTime: () => { readonly earliest: number; readonly latest: number } | null;
  readonly onTurn: (turn: CandleTurn) => void;
  /** When the last update of any symbol came, monotonic; all streams of a client share it. */
  readonly pulse: { at: number };
  readonly timers: Timers;
  readonly log: Log;
}

/** A connection that says nothing for this long is given up. */
const SILENCE_MS = 60_000;
/** So is one that says nothing about a symbol for this many of its candles: each has one update at least. */
const SILENT_CANDLES = 2;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;
/** Without an update for longer than this around the turn, the last one of the old candle may have been missed. */
const TURN_MS = 5_000;
/** The last update is sent when the candle closes; clocks are known about as well as this. */
const CLOSE_TOLERANCE_MS = 300;

interface Seen {
  readonly candle: Candle;
  /** Monotonic. */
  readonly at: number;
  /** Whether it came when the candle's time was over. */
  readonly afterClose: boolean;
}

/**
 * Watches candles through ccxt, reconnecting with backoff. ccxt drops the flag by which an exchange marks a closed
 * candle, so one is closed when the next one begins; and it is whole only if an update came after its close and the
 * next candle's came right after that over the same connection. Whatever else was missed must be asked for.
 */
export function openCandleStream(parts: StreamParts): CandleStream {
  const { client, symbol, timeframe, pulse, timers, log } = parts;
  const wakeUp = createWakeUp(timers);
  let state: StreamStatus['state'] = 'connecting';
  let interruptions = 0;
  let updatedAt: number | undefined;
  let lastError: string | null = null;
  let failures = 0;
  /** In ccxt's form, once it was watched. */
  let watched: string | undefined;

  /** Watches one connection until it fails. */
  async function watch(unified: string): Promise<never> {
    let last: Seen | undefined;
    watched = unified;
    for (;;) {
      const rows = await nextRows(unified);
      const at = timers.monotonic();
      const time = parts.exchangeTime();
      const candles = candlesOfRows(rows, timeframe, time?.latest ?? Number.POSITIVE_INFINITY);
      // At first ccxt may still hand out what came over the connection before: only the newest is of this one.
      for (const candle of last === undefined ? candles.slice(-1) : candles) {
        if (last !== undefined && candle.openTime < last.candle.openTime) continue;
        if (last === undefined || candle.openTime > last.candle.openTime) {
          parts.onTurn({ opened: candle.openTime, closed: last && whole(last, candle, at) });
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

  function whole({ candle, at, afterClose }: Seen, next: Candle, now: number): Candle | undefined {
    const follows = next.openTime === candle.openTime + TIMEFRAME_MS[timeframe];
    return follows && afterClose && now - at <= TURN_MS ? candle : undefined;
  }

  /** @throws when the connection fails or falls silent */
  async function nextRows(unified: string): Promise<unknown> {
    const asked = timers.monotonic();
    const coming = client.watchOHLCV(unified, timeframe);
    // One that is left behind fails later, when its connection ends.
    coming.catch(() => {});
    for (;;) {
      const rows = await within(coming, SILENCE_MS);
      if (rows !== SILENCE) return rows;
      if (wakeUp.stopped) throw new Error('the stream is closed');
      const now = timers.monotonic();
      const silentMs = now - Math.max(pulse.at, asked);
      const untoldMs = now - asked;
      if (silentMs < SILENCE_MS && untoldMs < SILENT_CANDLES * TIMEFRAME_MS[timeframe]) continue;
      // Symbols share a connection: where one falls silent, none is relied on.
      cutConnections(client);
      throw new Error(`no update came for ${Math.round(untoldMs / 1000)} s`);
    }
  }

  /** What comes within `ms`, or SILENCE. */
  async function within(coming: Promise<unknown>, ms: number): Promise<unknown> {
    let waiting = true;
    const quiet = wakeUp.sleep(ms).then(() => {
      waiting = false;
      return SILENCE;
    });
    try {
      return await Promise.race([coming, quiet]);
    } finally {
      if (waiting) wakeUp.wake();
      await quiet;
    }
  }

  async function run(): Promise<void> {
    while (!wakeUp.stopped) {
      try {
        await watch(await parts.resolve());
      } catch (error) {
        if (wakeUp.stopped) break;
        lastError = asExchangeFailure(error).message;
        interruptions += 1;
        failures += 1;
        state = 'reconnecting';
        log.warn({ symbol, timeframe, error: lastError }, 'candle stream interrupted');
        const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
        await wakeUp.sleep(backoff * (0.5 + timers.random()));
      }
    }
    state = 'closed';
    if (watched !== undefined) parts.leave(watched);
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
