import { once } from 'node:events';
import { createServer } from 'node:net';
import { isLoopback } from '../runtime/loopback.ts';

/** Whether listening on `host` means listening on all addresses of the machine. */
export function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/**
 * Checks that the machine has the address, by listening on a free port of it for a moment.
 * @throws the system's error of `listen`: EADDRNOTAVAIL, ENOTFOUND, ...
 */
export async function requireOwnAddress(host: string): Promise<void> {
  const server = createServer((socket) => void socket.destroy()).listen(0, host);
  await once(server, 'listening');
  server.close();
}

/** Settings that would give everyone access; the message says what to do. */
export class OpenAddressError extends Error {
  override readonly name = 'OpenAddressError';
}

/**
 * Without a password everyone who can connect can trade and upload, so other machines must not (factor-models.md#32).
 * @throws OpenAddressError when `host` is not a loopback address and there is no password
 */
export async function requireSafeAddress(host: string, isPasswordSet: () => Promise<boolean>): Promise<void> {
  if (isLoopback(host) || (await isPasswordSet())) return;
  throw new OpenAddressError(
    `MODEL_MANAGER_HTTP_HOST is ${host}, which other machines can reach, but there is no password yet. ` +
      'Set one with "paperdesk start --init-password", or listen on 127.0.0.1.',
  );
}
