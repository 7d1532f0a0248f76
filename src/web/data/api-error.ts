import type { Problem } from '../../http/shared/problem-schema.ts';

/** An error of the service, from its problem details; `message` is the sentence to show. */
export class ApiError extends Error {
  /** HTTP status; 0 where there was no response. */
  readonly status: number;
  /** The service's stable code; NETWORK: no response; UNREADABLE: a response that the page cannot process. */
  readonly code: Problem['code'] | 'NETWORK' | 'UNREADABLE';
  /** Invalid fields of the request. */
  readonly errors: NonNullable<Problem['errors']>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    facts: Pick<ApiError, 'status' | 'code'> & Partial<Pick<ApiError, 'errors' | 'retryAfterSeconds'>>,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = facts.status;
    this.code = facts.code;
    this.errors = facts.errors ?? [];
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** Any thrown value as an ApiError. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(
    { status: 0, code: 'UNREADABLE' },
    `The page could not process the response: ${message}`,
  );
}

export function networkError(): ApiError {
  return new ApiError(
    { status: 0, code: 'NETWORK' },
    'The service does not respond. The page shows the last known data and retries automatically.',
  );
}

/** The error of a response that is not a success. */
export function responseError(status: number, text: string, retryAfter: string | null): ApiError {
  const problem = parseProblem(text);
  if (problem === undefined) {
    return new ApiError({ status, code: 'UNREADABLE' }, unexplained(status));
  }
  const seconds = Number(retryAfter ?? Number.NaN);
  return new ApiError(
    {
      status,
      code: problem.code,
      errors: problem.errors ?? [],
      retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    },
    problem.detail,
  );
}

/** The service gives reasons; proxies mostly do not. */
function unexplained(status: number): string {
  if (status !== 413) return `The service answered ${status} without a reason.`;
  return (
    'A proxy before the service refuses a request of this size (413). Its operator can raise the limit, which nginx ' +
    'names client_max_body_size.'
  );
}

function parseProblem(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isProblem = typeof value === 'object' && value !== null && 'detail' in value && 'code' in value;
    return isProblem ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}
