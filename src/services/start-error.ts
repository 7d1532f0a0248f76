import { isIPv6 } from 'node:net';
import type { Config } from '../config.ts';
import { storeName } from '../db/store-name.ts';
import { PaperdeskError } from '../errors.ts';

/** A start that the operator can mend; the message says how. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Why the service cannot listen, by the system's code. */
const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another process listens there. Stop it, or choose another port with MODEL_MANAGER_HTTP_PORT (--web-port)',
  EACCES: 'this user may not use the port. Choose one from 1024 on with MODEL_MANAGER_HTTP_PORT (--web-port)',
  EADDRNOTAVAIL:
    'this machine does not have the address. Set MODEL_MANAGER_HTTP_HOST (--web-host) to 127.0.0.1, 0.0.0.0 or one of its own',
};
const UNKNOWN_HOST =
  'it is not an address of this machine. Set MODEL_MANAGER_HTTP_HOST (--web-host) to an address alone, such as 127.0.0.1';

/** The error of a start in a sentence with what to do, where the operator can do something; otherwise the error itself. */
export function startError(error: unknown, config: Pick<Config, 'host' | 'port' | 'store'>): unknown {
  if (error instanceof PaperdeskError && error.code === 'MARKET_SOURCE_MISMATCH') {
    return new StartError(`${storeName(config.store)}: ${error.message}`, { cause: error });
  }
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    const host = isIPv6(config.host) ? `[${config.host}]` : config.host;
    const problem = LISTEN_PROBLEMS[code] ?? UNKNOWN_HOST;
    return new StartError(`The service cannot listen on ${host}:${config.port} (${code}): ${problem}.`, {
      cause: error,
    });
  }
  const path = pathOf(error) ?? pathOf((error as Error).cause);
  if (path === undefined || (error instanceof PaperdeskError && message.includes(path))) return error;
  return new StartError(
    `${message.replace(/\.$/, '')}. Change the owner or the mode of ${path}, or the setting that names it.`,
    { cause: error },
  );
}

/** The path that an error of the file system is about. */
function pathOf(error: unknown): string | undefined {
  const { syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : path;
}
