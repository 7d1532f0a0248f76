import { once } from 'node:events';
import { BlockList, createServer, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether listening on `host` means listening on all addresses of the machine. */
export function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Whether `host` is an address of this machine only. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  return host === 'localhost' || (version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4'));
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
      'Set one with "npm start -- --init-password", or listen on 127.0.0.1.',
  );
}
