import { PaperdeskError } from '../../errors.ts';
import { shortened } from '../../runtime/shortened.ts';

/**
 * Why a request to an exchange failed.
 * - `timeout`, `network`, `server` (5xx), `malformed` (an answer that cannot be used): a retry may help
 * - `rate-limited` (429): a later retry helps
 * - `banned` (418), `forbidden` (403, 451): the exchange refuses this address for longer
 * - `rejected`: the exchange understood the request and refuses it
 */
export type FailureKind =
  | 'timeout'
  | 'network'
  | 'server'
  | 'malformed'
  | 'rate-limited'
  | 'banned'
  | 'forbidden'
  | 'rejected';

/** A failed request to an exchange; its message may be shown. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly kind: FailureKind;
  /** How long the exchange requires to wait, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The failure of an answer that cannot be used; `problem` is a clause without a period. */
export function malformed(problem: string): ExchangeFailure {
  return new ExchangeFailure('malformed', problem);
}

/** What HTTP 451 means, as a clause without a subject, and what helps. */
export const RESTRICTED =
  'does not serve the country of this address (HTTP 451): set EXCHANGE_PROXY to a proxy in a country that it serves, or ' +
  'EXCHANGE to an exchange that serves yours';

/** By the names of ccxt's error classes. */
const KIND_BY_CCXT_NAME: Readonly<Record<string, FailureKind>> = {
  RequestTimeout: 'timeout',
  DDoSProtection: 'rate-limited',
  RateLimitExceeded: 'rate-limited',
  ExchangeNotAvailable: 'server',
  OnMaintenance: 'server',
  NetworkError: 'network',
  RestrictedLocation: 'forbidden',
  BadSymbol: 'rejected',
  BadRequest: 'rejected',
  ArgumentsRequired: 'rejected',
  NotSupported: 'rejected',
  AuthenticationError: 'rejected',
  PermissionDenied: 'rejected',
  ExchangeError: 'server',
};

const MAX_QUOTED_LENGTH = 200;

/** Converts an error of ccxt; any other error is `malformed`. */
export function asExchangeFailure(error: unknown): ExchangeFailure {
  if (error instanceof ExchangeFailure) return error;
  if (!(error instanceof Error)) return malformed('the answer could not be read');
  if (/^Unexpected server response: 451$/m.test(error.message))
    return new ExchangeFailure('forbidden', `its stream ${RESTRICTED}`, { cause: error });
  const kind = Object.hasOwn(KIND_BY_CCXT_NAME, error.name) ? KIND_BY_CCXT_NAME[error.name] : undefined;
  return new ExchangeFailure(kind ?? 'malformed', quote(wordsOf(error.message)), { cause: error });
}

/** The sentence of the exchange in an error of ccxt, which quotes its whole JSON answer; otherwise the message. */
function wordsOf(message: string): string {
  const words = /^\w+ \{.*"(?:msg|retMsg)":"([^"\\]+)"/.exec(message)?.[1];
  return words?.replace(/\.$/, '') ?? message;
}

/** Foreign text shortened to one line of printable characters. */
export function quote(text: string): string {
  const line = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').trim();
  return shortened(line, MAX_QUOTED_LENGTH);
}

/**
 * The answer to a request of exchange `id`.
 * @throws PaperdeskError MARKET_UNAVAILABLE with a sentence that says `what` the exchange did not give
 */
export async function explainFailure<T>(id: string, what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof PaperdeskError) throw error;
    const failure = asExchangeFailure(error);
    const seconds = Math.max(1, Math.ceil((failure.retryAfterMs ?? 5000) / 1000));
    throw new PaperdeskError('MARKET_UNAVAILABLE', `${id} did not give ${what}: ${failure.message}.`, {
      cause: error,
      retryAfterSeconds: seconds,
    });
  }
}
