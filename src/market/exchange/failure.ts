/**
 * How asking an exchange went wrong.
 * - `timeout`, `network`, `server` (5xx), `malformed` (an answer that cannot be used): trying again may help
 * - `rate-limited` (429): trying again helps after a while
 * - `banned` (418), `forbidden` (403, 451): this address may not ask for a longer while
 * - `rejected`: the exchange understood and refuses the request itself
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

/** One request to an exchange that failed, in words that may be shown. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly kind: FailureKind;
  /** What the exchange said how long to wait, in ms. */
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

/** ccxt's error classes by name, nearest ancestors first where it matters. */
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

const LONGEST_QUOTE = 200;

/** Makes a failure of whatever a call of ccxt threw; what is none of ccxt's own errors counts as `malformed`. */
export function asExchangeFailure(error: unknown): ExchangeFailure {
  if (error instanceof ExchangeFailure) return error;
  if (!(error instanceof Error)) return new ExchangeFailure('malformed', 'the answer could not be read');
  const kind = Object.hasOwn(KIND_BY_CCXT_NAME, error.name) ? KIND_BY_CCXT_NAME[error.name] : undefined;
  return new ExchangeFailure(kind ?? 'malformed', quote(error.message), { cause: error });
}

/** Foreign text shortened to one line of printable characters. */
export function quote(text: string): string {
  const line = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').trim();
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}...` : line;
}
