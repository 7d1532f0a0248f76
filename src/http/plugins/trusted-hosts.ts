import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { isUnspecified } from '../../auth/listen-address.ts';
import { isLoopback } from '../../runtime/loopback.ts';

/** A name, an IPv4 address or an IPv6 address in brackets; optionally a port (RFC 9110, Host). */
const HOST_AND_PORT = /^(\[[0-9a-f:.]+(?:%[\w.~%-]+)?\]|[\w-]+(?:\.[\w-]+)*\.?)(?::\d{0,5})?$/i;
/** The authority of an absolute request target, which overrides Host (RFC 9112, section 3.2.2). */
const ABSOLUTE_TARGET = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

export interface TrustedHostsOptions {
  /** Host name or address that the service listens on. */
  readonly listenHost: string;
  readonly publicUrls: readonly string[];
}

/**
 * Returns a function that checks whether `host[:port]` names this service: loopback, the listening address (or all
 * addresses and the name of the machine), or a host of PUBLIC_URL, each with any port. This stops DNS rebinding: a
 * page whose name resolves to this machine still sends its own host.
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
    return isUnspecified(listenHost) && hostsOfMachine().includes(host);
  };
}

/** Not cached, because addresses change while the service runs. */
function hostsOfMachine(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [hostname(), ...addresses.map(({ address }) => address)].map(canonicalHost);
}

/** Lower case, without final dot; IPv6 addresses in their shortest form, without brackets and zone. */
function canonicalHost(host: string): string {
  const plain = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  const address = plain.replace(/%.*$/, '');
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : plain;
}

/** The different hosts in the Host headers and the target of a request; HTTP/1.0 requests may have none. */
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

/** The headers in which a browser describes the page that sends a request. */
export interface RequestingPage {
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/**
 * Whether a page of another origin sends the request. Pages cannot change `Origin` and `Sec-Fetch-Site`; clients other
 * than browsers send neither and are not foreign.
 * @param host trusted `host[:port]` of the request
 * @param trustedOrigins origins of PUBLIC_URL and CORS_ORIGIN
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
