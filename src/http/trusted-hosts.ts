import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { isLoopback } from '../auth/listen-address.ts';

/** The address that stands for all addresses of the machine. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** A name, an IPv4 address or an IPv6 address in brackets, then perhaps a port (RFC 9110, Host). */
const HOST_AND_PORT = /^(\[[0-9a-f:.]+(?:%[\w.~%-]+)?\]|[\w-]+(?:\.[\w-]+)*\.?)(?::\d{0,5})?$/i;
/** The authority of a request target in absolute form, which counts instead of Host (RFC 9112, section 3.2.2). */
const ABSOLUTE_TARGET = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

export interface TrustedHostsOptions {
  /** Name or address that the service listens on. */
  readonly listenHost: string;
  readonly publicUrls: readonly string[];
}

/**
 * Whether a request for this `host[:port]` is for this service: loopback names, the listening address (every address
 * and the name of the machine where it listens on all of them), and the hosts of PUBLIC_URL, each with any port. A page
 * whose name was made to resolve to this machine (DNS rebinding) still names its own host.
 */
export function createTrustedHosts(options: TrustedHostsOptions): (hostAndPort: string) => boolean {
  const listenHost = canonicalHost(options.listenHost);
  const named = new Set([
    listenHost,
    ...options.publicUrls.map((url) => canonicalHost(new URL(url).hostname)),
  ]);
  return (hostAndPort) => {
    const match = HOST_AND_PORT.exec(hostAndPort);
    if (match === null) return false;
    const host = canonicalHost(match[1]!);
    if (isLoopback(host) || host.endsWith('.localhost') || named.has(host)) return true;
    return ANY_ADDRESS.has(listenHost) && hostsOfMachine().includes(host);
  };
}

/** Read anew each time: addresses come and go while the service runs. */
function hostsOfMachine(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [hostname(), ...addresses.map(({ address }) => address)].map(canonicalHost);
}

/** One spelling: lower case, no final dot; IPv6 addresses without brackets and zone, in their shortest form. */
function canonicalHost(host: string): string {
  const plain = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  const address = plain.replace(/%.*$/, '');
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : plain;
}

/** The hosts that a request names, each once: in its Host headers and in its target. None in old HTTP/1.0 requests. */
export function hostsNamedBy({
  rawHeaders,
  url = '',
}: Pick<IncomingMessage, 'rawHeaders' | 'url'>): string[] {
  const headers = rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === 'host' && index % 2 === 1,
  );
  const target = ABSOLUTE_TARGET.exec(url)?.[1];
  return [
    ...new Set([...headers, ...(target === undefined ? [] : [target])].map((host) => host.toLowerCase())),
  ];
}

/** What a browser says of the page that makes a request. */
export interface RequestingPage {
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/**
 * Whether a page of another origin makes the request. Browsers tell the truth in `Origin` and `Sec-Fetch-Site`, which
 * no page can change; other clients send neither and are not foreign.
 * @param host `host[:port]` that the request is for, known to be trusted
 * @param trustedOrigins of PUBLIC_URL, where the page comes from a proxy, and of CORS_ORIGIN
 */
export function isForeign(
  { origin, fetchSite }: RequestingPage,
  host: string | undefined,
  trustedOrigins: ReadonlySet<string>,
): boolean {
  if (origin === undefined) return fetchSite !== undefined && !['same-origin', 'none'].includes(fetchSite);
  const from = origin.toLowerCase();
  if (trustedOrigins.has(from)) return false;
  return fetchSite === 'cross-site' || host === undefined || from !== `http://${host.replace(/:(80)?$/, '')}`;
}
