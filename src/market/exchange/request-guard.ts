import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import { type CircuitStatus, createCircuit } from './circuit-breaker.ts';
import { asExchangeFailure, ExchangeFailure } from './failure.ts';

/** Request weight used in the exchange's current minute, from its last answer. */
export interface WeightUse {
  readonly used: number;
  readonly perMinute: number;
  /** When the answer came, ms since the Unix epoch. */
  readonly at: number;
}

export interface GuardStatus {
  readonly circuit: CircuitStatus;
  readonly lastError: { readonly at: number; readonly message: string } | null;
  readonly lastSuccessAt: number | null;
}

export interface RequestGuard {
  /**
   * Runs a request to the exchange, with retries that begin within `patienceMs`.
   * @throws ExchangeFailure the last one, or at once if the circuit is open for longer than that
   */
  run<T>(request: () => Promise<T>, options?: { readonly patienceMs?: number }): Promise<T>;
  status(): GuardStatus;
}

export interface GuardParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly weight: () => WeightUse | undefined;
  /** No retries begin once it is aborted. */
  readonly closing?: AbortSignal;
}

/** No attempt begins after this long. */
const PATIENCE_MS = 5_000;
const MAX_ATTEMPTS = 4;
const BACKOFF = { firstMs: 200, longestMs: 5_000, jitter: 0.5 };
/** The share of the weight limit that is left to other programs at this address. */
const WEIGHT_RESERVE = 0.25;
const MINUTE_MS = 60_000;

/** Adds retries, the circuit breaker and the weight limit to requests (market.md#24, market.md#25, market.md#27). */
export function createRequestGuard({ clock, timers, log, weight, closing }: GuardParts): RequestGuard {
  const circuit = createCircuit(clock, timers);
  let lastError: GuardStatus['lastError'] = null;
  let lastSuccessAt: number | null = null;

  const isClosing = () => closing?.aborted === true;

  /** ms until the next minute if the weight limit is reached; otherwise 0. */
  function weightWait(): number {
    const use = weight();
    if (use === undefined || use.used < use.perMinute * (1 - WEIGHT_RESERVE)) return 0;
    const nextMinute = (Math.floor(use.at / MINUTE_MS) + 1) * MINUTE_MS;
    return Math.min(Math.max(nextMinute - clock(), 0), MINUTE_MS);
  }

  async function waitUntilAdmitted(deadline: number): Promise<void> {
    // The weight first: a half-open circuit admits one request, which must then be sent.
    const wait = weightWait() || circuit.admit();
    if (wait === 0) return;
    if (timers.monotonic() + wait > deadline) {
      const { state, detail } = circuit.status();
      const why = state === 'closed' ? 'the request weight of this minute is used up' : detail;
      throw new ExchangeFailure('rate-limited', why.replace(/\.$/, ''), { retryAfterMs: wait });
    }
    await timers.sleep(wait, closing);
    // Sleeps that begin after it is aborted end at once.
    if (!isClosing()) await waitUntilAdmitted(deadline);
  }

  function note(failure: ExchangeFailure): void {
    const before = circuit.status().state;
    circuit.failed(failure);
    lastError = { at: clock(), message: failure.message };
    const { state, detail } = circuit.status();
    if (state === 'open' && before !== 'open')
      log.warn({ kind: failure.kind }, `exchange circuit opened: ${detail}`);
  }

  function succeed(): void {
    if (circuit.status().state !== 'closed')
      log.info({}, 'exchange circuit closed: the exchange answers again');
    circuit.succeeded();
    lastSuccessAt = clock();
  }

  return {
    async run(request, { patienceMs = PATIENCE_MS } = {}) {
      const deadline = timers.monotonic() + patienceMs;
      for (let attempt = 1; ; attempt += 1) {
        await waitUntilAdmitted(deadline);
        if (isClosing()) throw new ExchangeFailure('network', 'the service is closing');
        try {
          const result = await request();
          succeed();
          return result;
        } catch (error) {
          const failure = asExchangeFailure(error);
          if (isClosing()) throw failure;
          if (failure.kind === 'rejected') {
            // The exchange works; a retry would be refused as well.
            succeed();
            throw failure;
          }
          note(failure);
          const backoff = backoffMs(BACKOFF, attempt, timers.random);
          if (attempt >= MAX_ATTEMPTS || timers.monotonic() + backoff > deadline) throw failure;
          await timers.sleep(backoff, closing);
        }
      }
    },
    status: () => ({ circuit: circuit.status(), lastError, lastSuccessAt }),
  };
}
