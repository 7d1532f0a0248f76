import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { databaseFault } from '../../db/database-fault.ts';
import { faultSentence } from '../../db/shown-error.ts';
import { type ErrorCode, PaperdeskError } from '../../errors.ts';
import { escapePattern } from '../../runtime/escape-pattern.ts';
import { shortened } from '../../runtime/shortened.ts';
import { type Problem, problemOf } from '../shared/problem-schema.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Code of a request that does not match its schema; VALIDATION by default. */
    validationCode?: ErrorCode;
  }
}

/** Error codes of Fastify and its plugins. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'VALIDATION',
  FST_ERR_CTP_INVALID_JSON_BODY: 'VALIDATION',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'VALIDATION',
  FST_ERR_CTP_EMPTY_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_BAD_URL: 'VALIDATION',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
  FST_UNDER_PRESSURE: 'OVERLOADED',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_PROTO_VIOLATION: 'MULTIPART_MALFORMED',
  FST_PARTS_LIMIT: 'PAYLOAD_TOO_LARGE',
  FST_FILES_LIMIT: 'PAYLOAD_TOO_LARGE',
  FST_FIELDS_LIMIT: 'PAYLOAD_TOO_LARGE',
};

/** A client may send thousands of wrong fields with long names; the answer is also a recent error. */
const MAX_LISTED_ERRORS = 20;
const MAX_ERROR_LENGTH = 500;

export interface ProblemDetailsOptions {
  /** Called for every problem that a route answers. */
  readonly onProblem?: (problem: Problem, request: FastifyRequest) => void;
}

/** Answers every error as problem details (http.md#2); unexpected errors go to the log, not to the client. */
export const problemDetails = fp<ProblemDetailsOptions>(
  async (app: FastifyInstance, { onProblem }) => {
    const routes: { method: string; pattern: RegExp }[] = [];
    app.addHook('onRoute', ({ method, url }) => {
      // Preflights of any path (CORS_ORIGIN) are no route that a path has.
      if (url === '*') return;
      for (const one of [method].flat()) routes.push({ method: one, pattern: patternOf(url) });
    });

    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const answer = problemOfError(error, request.routeOptions.config.validationCode);
      if (answer.code === 'INTERNAL') request.log.error({ err: error }, answer.title);
      else if (answer.status >= 500) request.log.warn({ code: answer.code }, answer.detail);
      onProblem?.(answer, request);
      if (error instanceof PaperdeskError && error.retryAfterSeconds !== undefined) {
        reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
      }
      return send(reply, answer);
    });

    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0]!;
      const allowed = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
      if (allowed.length > 0 && !allowed.includes(request.method)) {
        const methods = [...new Set(allowed)].sort().join(', ');
        reply.header('allow', methods);
        return send(
          reply,
          problemOf('METHOD_NOT_ALLOWED', `${path} answers ${methods}, not ${request.method}.`),
        );
      }
      return send(reply, problemOf('NOT_FOUND', `There is no route ${path}; /docs lists the routes.`));
    });
  },
  { name: 'problem-details' },
);

/** Answers requests that fail before routing, when neither hooks nor the error handler run. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  send(reply.header('cache-control', 'no-store'), problemOfError(error));
}

function send(reply: FastifyReply, answer: Problem) {
  return reply.code(answer.status).type('application/problem+json').send(answer);
}

function problemOfError(error: FastifyError, validationCode: ErrorCode = 'VALIDATION'): Problem {
  if (error instanceof PaperdeskError) return problemOf(error.code, error.message);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.slice(0, MAX_LISTED_ERRORS).map((issue) => ({
      path: shortened(pathOf(error.validationContext, issue.instancePath), MAX_ERROR_LENGTH),
      message: shortened(issue.message ?? 'is not valid', MAX_ERROR_LENGTH),
    }));
    const more = error.validation.length - errors.length;
    const sentence = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
    const others = more === 0 ? '' : `; and ${more} more`;
    return problemOf(validationCode, `The request is not valid: ${sentence}${others}.`, errors);
  }
  // Fastify gives a status to the errors of a body, whose connection may break as that of the database does.
  const database = error.statusCode === undefined ? databaseProblem(error) : undefined;
  if (database !== undefined) return database;
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return problemOf(code, `${error.message.replace(/\.$/, '')}.`);
  if (!isResponseSerializationError(error) && error.statusCode !== undefined && error.statusCode < 500) {
    return problemOf(codeOfStatus(error.statusCode), `${error.message.replace(/\.$/, '')}.`);
  }
  return problemOf('INTERNAL', 'An unexpected error occurred; the log of the service has the details.');
}

function databaseProblem(error: unknown): Problem | undefined {
  const fault = databaseFault(error);
  if (fault === undefined) return undefined;
  return problemOf(fault === 'disk full' ? 'DISK_FULL' : 'DATABASE_UNAVAILABLE', faultSentence(fault));
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 404) return 'NOT_FOUND';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  return 'VALIDATION';
}

/** `account_state.equity` in a body, `querystring.limit` elsewhere. */
function pathOf(context: string | undefined, instancePath: string): string {
  const inside = instancePath.replace(/^\//, '').replaceAll('/', '.');
  const prefix = context === 'body' || context === undefined ? '' : context;
  return [prefix, inside].filter((name) => name !== '').join('.') || 'body';
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : escapePattern(segment).replace('\\*', '.*')))
    .join('/');
  return new RegExp(`^${source}/?$`);
}
