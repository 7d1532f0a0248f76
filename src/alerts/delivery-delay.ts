import type { StoredAlert } from './alert.ts';
import type { AttemptResult } from './alert-repository.ts';
import type { Sent } from './webhook.ts';

const HOUR_MS = 3_600_000;
const FIRST_PAUSE_MS = 15_000;
const GROWTH = 3;
const LONGEST_PAUSE_MS = 6 * HOUR_MS;
/** Up to a fifth is added, so that alerts do not come in step. */
const JITTER = 0.2;
const MOST_ATTEMPTS = 10;
const LONGEST_TIME_MS = 24 * HOUR_MS;

/** The pause after a number of attempts in vain, in ms; with the ten that are made they take 17 to 20 hours. */
function pauseAfter(attempts: number, random: number): number {
  const pause = Math.min(FIRST_PAUSE_MS * GROWTH ** (attempts - 1), LONGEST_PAUSE_MS);
  return Math.round(pause * (1 + JITTER * random));
}

/**
 * What an attempt makes of an alert: delivered, to be tried again, or given up after ten attempts or a day; what waited
 * for longer because the service was away gets one attempt all the same.
 * @param random in [0, 1)
 */
export function afterAttempt(
  { attempts: before, createdAt }: Pick<StoredAlert, 'attempts' | 'createdAt'>,
  { delivered, status, error }: Sent,
  now: number,
  random: number,
): AttemptResult {
  const attempts = before + 1;
  const told = { attempts, lastStatus: status, lastError: error };
  if (delivered) return { ...told, nextAttemptAt: null, deliveredAt: now };
  const nextAttemptAt = now + pauseAfter(attempts, random);
  const isOver = attempts >= MOST_ATTEMPTS || nextAttemptAt - createdAt > LONGEST_TIME_MS;
  return { ...told, nextAttemptAt: isOver ? null : nextAttemptAt, deliveredAt: null };
}
