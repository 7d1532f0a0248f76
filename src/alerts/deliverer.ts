import { startBackgroundLoop } from '../runtime/background-loop.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { StoredAlert } from './alert.ts';
import type { AlertRepository, AttemptResult } from './alert-repository.ts';
import type { Send, SendResult } from './webhook.ts';

/** Sends stored alerts in the background, one at a time. */
export interface Deliverer {
  /** Checks for alerts to send. */
  wake(): void;
  /** Cancels an attempt under way; the next start repeats it. */
  stop(): Promise<void>;
}

export interface DelivererOptions {
  readonly repository: Pick<AlertRepository, 'next' | 'recordAttempt'>;
  readonly send: Send;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
/** Ten attempts take 17 to 20 hours. */
const RETRIES = { firstMs: 15_000, longestMs: 6 * HOUR_MS, factor: 3 };
const MAX_ATTEMPTS = 10;
const MAX_AGE_MS = 24 * HOUR_MS;
/** Up to a fifth is added to a pause, so that the alerts of an outage are not all retried at once. */
const JITTER = 0.2;

/** Limits how late a change of the system clock is noticed. */
const MAX_SLEEP_MS = 60_000;
const PAUSE_AFTER_ERROR_MS = 10_000;

export function createDeliverer({ repository, send, now, timers, log }: DelivererOptions): Deliverer {
  const stopping = new AbortController();

  async function attempt(alert: StoredAlert): Promise<void> {
    const sent = await send(alert, stopping.signal);
    if (!sent.delivered && stopping.signal.aborted) return;
    const result = afterAttempt(alert, sent, now(), timers.random());
    await repository.recordAttempt(alert.id, result);
    const facts = { alert: alert.id, attempts: result.attempts, status: sent.status, error: sent.error };
    if (sent.delivered) log.info(facts, 'alert delivered');
    else if (result.nextAttemptAt === null) log.error(facts, 'alert given up: it could not be delivered');
    else log.warn(facts, 'alert not delivered yet');
  }

  const loop = startBackgroundLoop({
    async work() {
      const alert = await repository.next();
      const waitMs = alert === undefined ? MAX_SLEEP_MS : (alert.nextAttemptAt ?? 0) - now();
      if (alert === undefined || waitMs > 0) return Math.min(waitMs, MAX_SLEEP_MS);
      await attempt(alert);
      return 0;
    },
    onFailure(error) {
      log.error({ err: error }, 'alerts could not be read or recorded');
      return PAUSE_AFTER_ERROR_MS;
    },
    timers,
  });
  return {
    wake: loop.wake,
    async stop() {
      const stopped = loop.stop();
      stopping.abort();
      await stopped;
    },
  };
}

/**
 * The state of an alert after an attempt: delivered, to be retried, or given up after ten attempts or a day. An alert
 * that is older because the service was stopped still gets one attempt.
 * @param random in [0, 1)
 */
export function afterAttempt(
  { attempts: before, createdAt }: Pick<StoredAlert, 'attempts' | 'createdAt'>,
  { delivered, status, error }: SendResult,
  now: number,
  random: number,
): AttemptResult {
  const attempts = before + 1;
  const result = { attempts, lastStatus: status, lastError: error };
  if (delivered) return { ...result, nextAttemptAt: null, deliveredAt: now };
  const nextAttemptAt = now + Math.round(backoffMs(RETRIES, attempts) * (1 + JITTER * random));
  const isOver = attempts >= MAX_ATTEMPTS || nextAttemptAt - createdAt > MAX_AGE_MS;
  return { ...result, nextAttemptAt: isOver ? null : nextAttemptAt, deliveredAt: null };
}
