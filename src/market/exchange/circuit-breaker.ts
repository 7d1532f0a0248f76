import { backoffMs } from '../../runtime/backoff.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import type { ExchangeFailure } from './failure.ts';

/** Whether requests are sent, and why not. */
export interface CircuitStatus {
  readonly state: 'closed' | 'half-open' | 'open';
  readonly detail: string;
  /** When requests are sent again, ms since the Unix epoch; null unless open. */
  readonly retryAt: number | null;
}

const FAILURES_TO_OPEN = 4;
const BACKOFF = { firstMs: 5_000, longestMs: 60_000 };
/** Pauses when the exchange does not say how long to wait. */
const RATE_LIMIT_PAUSE_MS = 10_000;
const BAN_PAUSE_MS = 120_000;
/** Limits the pause that a 429 requires; bans may last days. */
const MAX_RATE_LIMIT_PAUSE_MS = 600_000;
/** After this long without an outcome of the probe, another one is sent. */
const PROBE_MS = 15_000;

/** Stops requests to an exchange that fails several times in a row or refuses this address (market.md#27). */
export function createCircuit(clock: Clock, timers: Timers) {
  let failuresInRow = 0;
  let opened = 0;
  let openUntil = 0;
  let reason = '';
  let probingSince: number | undefined;

  function open(pauseMs: number, why: string): void {
    openUntil = Math.max(openUntil, timers.monotonic() + pauseMs);
    reason = why;
  }

  return {
    /** ms until a request may be sent. A half-open circuit returns 0 once: that request is the probe. */
    admit(): number {
      const now = timers.monotonic();
      if (now < openUntil) return openUntil - now;
      if (opened === 0) return 0;
      if (probingSince !== undefined && now - probingSince < PROBE_MS) return PROBE_MS - (now - probingSince);
      probingSince = now;
      return 0;
    },

    succeeded(): void {
      failuresInRow = 0;
      opened = 0;
      openUntil = 0;
      probingSince = undefined;
    },

    failed(failure: ExchangeFailure): void {
      failuresInRow += 1;
      probingSince = undefined;
      if (failure.kind === 'rate-limited') {
        const pause = Math.min(failure.retryAfterMs ?? RATE_LIMIT_PAUSE_MS, MAX_RATE_LIMIT_PAUSE_MS);
        open(pause, failure.message);
      } else if (failure.kind === 'banned' || failure.kind === 'forbidden') {
        opened += 1;
        open(failure.retryAfterMs ?? BAN_PAUSE_MS, failure.message);
      } else if (opened > 0 || failuresInRow >= FAILURES_TO_OPEN) {
        opened += 1;
        open(
          backoffMs(BACKOFF, opened),
          `${failuresInRow} requests in a row failed; the last one: ${failure.message}`,
        );
      }
    },

    status(): CircuitStatus {
      const wait = openUntil - timers.monotonic();
      if (wait > 0) {
        const detail = `No requests for another ${Math.ceil(wait / 1000)} s: ${reason}.`;
        return { state: 'open', detail, retryAt: clock() + wait };
      }
      if (opened > 0)
        return {
          state: 'half-open',
          detail: `One request tests the exchange after: ${reason}.`,
          retryAt: null,
        };
      return { state: 'closed', detail: 'Requests are sent as usual.', retryAt: null };
    },
  };
}
