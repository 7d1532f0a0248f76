import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import { type CircuitStatus, createCircuit } from './circuit-breaker.ts';
import { asExchangeFailure, ExchangeFailure } from './failure.ts';

/** Request weight used in the exchange's current minute, as its last answer told. */
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
   * Runs one request to the exchange, again if that may help, within `patienceMs`.
   * @throws ExchangeFailure the last one, or at once when the circuit is open for longer than that
   */
  run<T>(request: () => Promise<T>, options?: { readonly patienceMs?: number }): Promise<T>;
  status(): GuardStatus;
}

export interface GuardParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly weight: () => WeightUse | undefined;
  /** Nothing is tried again once it is aborted. */
  readonly closing?: AbortSignal;
}

/** No new attempt begins after this long. */
const PATIENCE_MS = 5_000;
const MOST_ATTEMPTS = 4;
const FIRST_BACKOFF_MS = 200;
/** What stays free of the weight limit for whoever else uses this address. */
const WEIGHT_RESERVE = 0.25;
const MINUTE_MS = 60_000;

/** Retries with backoff and jitter, a circuit and the exchange's weight limit around every request. */
export function createRequestGuard({ clock, timers, log, weight, closing }: GuardParts): RequestGuard {
  const circuit = createCircuit({ clock, timers });
  let lastError: GuardStatus['lastError'] = null;
  let lastSuccessAt: number | null = null;

  const isClosing = () => closing?.aborted === true;

  /** ms to wait for the weight limit's next minute; 0 when there is room. */
  function weightWait(): number {
    const use = weight();
    if (use === undefined || use.used < use.perMinute * (1 - WEIGHT_RESERVE)) return 0;
    const nextMinute = (Math.floor(use.at / MINUTE_MS) + 1) * MINUTE_MS;
    return Math.min(Math.max(nextMinute - clock(), 0), MINUTE_MS);
  }

  async function waitForTurn(deadline: number): Promise<void> {
    // The weight first: a half-open circuit admits one request, which must then be made.
    const wait = weightWait() || circuit.admit();
    if (wait === 0) return;
    if (timers.monotonic() + wait > deadline) {
      const { state, detail } = circuit.status();
      const words = state === 'closed' ? 'the request weight of this minute is used up' : detail;
      throw new ExchangeFailure('rate-limited', words.replace(/\.$/, ''), { retryAfterMs: wait });
    }
    await timers.sleep(wait, closing);
    return waitForTurn(deadline);
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
        await waitForTurn(deadline);
        if (isClosing()) throw new ExchangeFailure('network', 'the service is closing');
        try {
          const result = await request();
          succeed();
          return result;
        } catch (error) {
          const failure = asExchangeFailure(error);
          if (isClosing()) throw failure;
          if (failure.kind === 'rejected') {
            // The exchange is there and understood: nothing to wait for.
            succeed();
            throw failure;
          }
          note(failure);
          const backoff = FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + timers.random());
          if (attempt >= MOST_ATTEMPTS || timers.monotonic() + backoff > deadline) throw failure;
          await timers.sleep(backoff, closing);
        }
      }
    },
    status: () => ({ circuit: circuit.status(), lastError, lastSuccessAt }),
  };
}
