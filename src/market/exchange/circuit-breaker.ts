import type { Clock, Timers } from '../../runtime/timers.ts';
import type { ExchangeFailure } from './failure.ts';

/** Whether the exchange is being asked at all, in a word and in words. */
export interface CircuitStatus {
  readonly state: 'closed' | 'half-open' | 'open';
  readonly detail: string;
  /** When it will be asked again, ms since the Unix epoch; null unless open. */
  readonly retryAt: number | null;
}

export interface Circuit {
  /** ms until a request may be made; 0 now. When 0 is given for a half-open circuit, that request is the probe. */
  admit(): number;
  succeeded(): void;
  failed(failure: ExchangeFailure): void;
  status(): CircuitStatus;
}

const FAILURES_TO_OPEN = 4;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** Pauses when the exchange did not say how long. */
const RATE_LIMIT_PAUSE_MS = 10_000;
const BAN_PAUSE_MS = 120_000;
/** Longest pause that is taken from a 429, whatever it says; bans last up to days. */
const LONGEST_RATE_LIMIT_PAUSE_MS = 600_000;
/** A probe that never came back does not keep the circuit half-open for longer. */
const PROBE_MS = 15_000;

/**
 * Stops asking an exchange that keeps failing: after four failures in a row for 5 s, then twice as long each time, up
 * to a minute; at once for as long as it says when it limits, bans or refuses this address.
 */
export function createCircuit({
  clock,
  timers,
}: {
  readonly clock: Clock;
  readonly timers: Timers;
}): Circuit {
  let failuresInRow = 0;
  let opened = 0;
  let openUntil = 0;
  let reason = '';
  let probingSince: number | undefined;

  function open(pauseMs: number, words: string): void {
    openUntil = Math.max(openUntil, timers.monotonic() + pauseMs);
    reason = words;
  }

  return {
    admit() {
      const now = timers.monotonic();
      if (now < openUntil) return openUntil - now;
      if (opened === 0) return 0;
      if (probingSince !== undefined && now - probingSince < PROBE_MS) return PROBE_MS - (now - probingSince);
      probingSince = now;
      return 0;
    },

    succeeded() {
      failuresInRow = 0;
      opened = 0;
      openUntil = 0;
      probingSince = undefined;
    },

    failed(failure) {
      failuresInRow += 1;
      probingSince = undefined;
      if (failure.kind === 'rate-limited') {
        const pause = Math.min(failure.retryAfterMs ?? RATE_LIMIT_PAUSE_MS, LONGEST_RATE_LIMIT_PAUSE_MS);
        open(pause, failure.message);
      } else if (failure.kind === 'banned' || failure.kind === 'forbidden') {
        opened += 1;
        open(failure.retryAfterMs ?? BAN_PAUSE_MS, failure.message);
      } else if (opened > 0 || failuresInRow >= FAILURES_TO_OPEN) {
        opened += 1;
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** (opened - 1), LONGEST_PAUSE_MS);
        open(pause, `${failuresInRow} requests in a row failed; the last one: ${failure.message}`);
      }
    },

    status() {
      const wait = openUntil - timers.monotonic();
      if (wait > 0) {
        const seconds = Math.ceil(wait / 1000);
        const detail = `Not asking for another ${seconds} s: ${reason}.`;
        return { state: 'open', detail, retryAt: clock() + wait };
      }
      if (opened > 0) return { state: 'half-open', detail: `Trying again after: ${reason}.`, retryAt: null };
      return { state: 'closed', detail: 'The exchange is being asked as usual.', retryAt: null };
    },
  };
}
