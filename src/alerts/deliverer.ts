import type { DueJob, Jobs } from '../jobs/jobs.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { StoredAlert } from './alert.ts';
import type { AlertRepository, AttemptResult } from './alert-repository.ts';
import type { Send, SendResult } from './webhook.ts';

/** Sends stored alerts in the background: a job for each subject, whose alerts are sent in order. */
export interface Deliverer {
  /** Checks for alerts of a subject to send. */
  deliver(subject: string): Promise<void>;
}

export interface DelivererOptions {
  readonly jobs: Pick<Jobs, 'queue'>;
  readonly repository: Pick<AlertRepository, 'unsent' | 'recordAttempt'>;
  readonly send: Send;
  readonly now: () => number;
  readonly timers: Pick<Timers, 'random'>;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
/** Ten attempts take 17 to 20 hours. */
const RETRIES = { firstMs: 15_000, longestMs: 6 * HOUR_MS, factor: 3 };
const MAX_ATTEMPTS = 10;
const MAX_AGE_MS = 24 * HOUR_MS;
/** Up to a fifth is added to a pause, so that the alerts of an outage are not all retried at once. */
const JITTER = 0.2;

/** An attempt that fails is repeated as its alert says; this is for failures to read or to record it. */
const JOB = { kind: 'alert', concurrency: 1, retries: 5, retryMs: 10_000, limitMs: 60_000 };

/** Declares the jobs that send alerts. */
export function createDeliverer({ jobs, repository, send, now, timers, log }: DelivererOptions): Deliverer {
  async function attempt(alert: StoredAlert, stop: AbortSignal): Promise<void> {
    const sent = await send(alert, stop);
    if (!sent.delivered && stop.aborted) return;
    const result = afterAttempt(alert, sent, now(), timers.random());
    await repository.recordAttempt(alert, result);
    const facts = { alert: alert.id, attempts: result.attempts, status: sent.status, error: sent.error };
    if (sent.delivered) log.info(facts, 'alert delivered');
    else if (result.nextAttemptAt === null) log.error(facts, 'alert given up: it could not be delivered');
    else log.warn(facts, 'alert not delivered yet');
  }

  const waitMs = ({ nextAttemptAt }: StoredAlert) => (nextAttemptAt ?? 0) - now();
  const oldestUnsentOf = async (subject: string) =>
    (await repository.unsent()).find((alert) => alert.subject === subject);
  const due = async (): Promise<DueJob[]> =>
    (await repository.unsent()).map((alert) => ({ key: alert.subject, afterMs: waitMs(alert) }));

  const queue = jobs.queue({ ...JOB, due }, async (subject, stop) => {
    const alert = await oldestUnsentOf(subject);
    if (alert !== undefined && waitMs(alert) <= 0) await attempt(alert, stop);
    const next = await oldestUnsentOf(subject);
    if (next !== undefined && !stop.aborted) await queue.send(subject, { afterMs: waitMs(next) });
  });
  return { deliver: (subject) => queue.send(subject) };
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
