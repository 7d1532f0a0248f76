import type { Problem } from '../../http/shared/problem-schema.ts';

/** What the service refused, as problem details say it; `message` is the sentence to show. */
export class ApiError extends Error {
  readonly status: number;
  /** The service's stable code, or NETWORK where it did not answer. */
  readonly code: Problem['code'] | 'NETWORK' | 'UNREADABLE';
  readonly errors: NonNullable<Problem['errors']>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    facts: Pick<ApiError, 'status' | 'code'> & Partial<Pick<ApiError, 'errors' | 'retryAfterSeconds'>>,
    detail: string,
  ) {
    super(detail);
    this.name = 'ApiError';
    this.status = facts.status;
    this.code = facts.code;
    this.errors = facts.errors ?? [];
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** Whatever was thrown, as something with a sentence and a code. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError({ status: 0, code: 'UNREADABLE' }, `The page could not use the answer: ${detail}`);
}

/** The service did not answer at all. */
export function unreachable(): ApiError {
  return new ApiError(
    { status: 0, code: 'NETWORK' },
    'The service does not answer. What you see is the last that it said; the page tries again by itself.',
  );
}

/** An answer that is no success, from its status and its text. */
export function refusal(status: number, text: string, retryAfter: string | null): ApiError {
  const problem = problemIn(text);
  if (problem === undefined) {
    return new ApiError({ status, code: 'UNREADABLE' }, `The service answered ${status} without saying why.`);
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

function problemIn(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isProblem = typeof value === 'object' && value !== null && 'detail' in value && 'code' in value;
    return isProblem ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}
