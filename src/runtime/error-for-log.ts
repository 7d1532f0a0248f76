import { stdSerializers } from 'pino';
import { PaperdeskError } from '../errors.ts';

/** Foreign texts, such as the answer of an exchange, may be of any length. */
const MAX_LENGTH = { cause: 500, message: 2000, stack: 8000 };

/**
 * An error as a field of a log line. Our own errors are expected: they have no stack, and their cause is one sentence. Of others
 * the log has all that helps, in a limited length.
 */
export function errorForLog(error: unknown): unknown {
  if (error instanceof PaperdeskError) {
    const { name: type, code, message, cause } = error;
    return { type, code, message, ...(cause instanceof Error && { cause: oneLine(cause.message) }) };
  }
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const code = (error as NodeJS.ErrnoException).code;
  return {
    ...{ type, ...(code !== undefined && { code }) },
    message: message.slice(0, MAX_LENGTH.message),
    stack: stack.slice(0, MAX_LENGTH.stack),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, MAX_LENGTH.cause);
}
