import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether `host` is an address of this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const version = isIP(host);
  // Nearly every request has such a Host header, and the list takes ten times as long.
  if (version === 4) return host.startsWith('127.');
  return version === 6 && loopback.check(host, 'ipv6');
}
