import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Without a password anyone who can connect can trade and upload, so only this machine may.
 * @throws Error with the sentence to show, when `host` is not a loopback address
 */
export function requireLoopback(host: string): void {
  const version = isIP(host);
  const isLoopback =
    host === 'localhost' || (version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4'));
  if (isLoopback) return;
  throw new Error(
    `MODEL_MANAGER_HTTP_HOST is ${host}, which other machines can reach, but there is no password yet. ` +
      'Listen on 127.0.0.1 and put a proxy that asks for a password in front.',
  );
}
