import { PaperdeskError } from '../errors.ts';

/** The service ends. */
export function shuttingDown(): PaperdeskError {
  return new PaperdeskError(
    'SHUTTING_DOWN',
    'The service is shutting down; no forecast is computed any more.',
  );
}

/** The process rests. @param ms how long at most */
export function pausing(ms: number): PaperdeskError {
  const seconds = Math.ceil(ms / 1000);
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process died several times in a row and is not started again for up to ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
}

/**
 * Processes died while they computed a call. The second death may be chance (INFERENCE_UNAVAILABLE), the third is not
 * (INFERENCE_DIED).
 */
export function died(reason: string, deaths: number): PaperdeskError {
  if (deaths >= 3) {
    return new PaperdeskError(
      'INFERENCE_DIED',
      `The inference process died (${reason}) ${deaths} times while it computed this; it is not tried again.`,
    );
  }
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process died (${reason}) for the second time while it computed this; try again later.`,
    { retryAfterSeconds: 5 },
  );
}

/** A computation was ended. @param ms how long it was let run */
export function endedAsTooSlow(model: string, ms: number): PaperdeskError {
  return new PaperdeskError(
    'FORECAST_TOO_SLOW',
    `A computation of ${model} had not ended after ${Math.round(ms / 1000)} s and was stopped.`,
    { retryAfterSeconds: 5 },
  );
}

/** A call waited too long behind others. */
export function tookTooLong(ms: number): PaperdeskError {
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process had no answer within ${Math.round(ms / 1000)} s, because others wait for it, too; try again.`,
    { retryAfterSeconds: 5 },
  );
}

/** The models of a call were unloaded, because their package was removed or is out of service. */
export function unloaded(model: string): PaperdeskError {
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `${model} was unloaded while this was computed: it was removed, or is out of service.`,
    { retryAfterSeconds: 1 },
  );
}
