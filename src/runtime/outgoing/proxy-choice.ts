import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../loopback.ts';

/** Which addresses are requested through which proxy. */
export interface ProxySettings {
  /** For http and ws. */
  readonly http: URL | undefined;
  /** For https and wss. */
  readonly https: URL | undefined;
  /** Hosts that are requested directly, as in NO_PROXY. */
  readonly except: string;
}

export const NO_PROXIES: ProxySettings = { http: undefined, https: undefined, except: '' };

const PROXY_SCHEME = /^(https?|socks5?h?):$/;

/** The address of a proxy; one without a scheme is http, as in other programs. Undefined for one of no use. */
export function parseProxy(text: string): URL | undefined {
  const address = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isBare = /^\/?$/.test(url.pathname) && url.search === '' && url.hash === '';
  const isProxy = PROXY_SCHEME.test(url.protocol) && url.hostname !== '';
  return isBare && isProxy && isDecodable(url.username) && isDecodable(url.password) ? url : undefined;
}

/** Whether a part of an address is in valid percent encoding. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The address of a proxy without its user and password, to be shown. */
export function shownProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/** The proxy for an address; undefined for one that is requested directly, as loopback addresses always are. */
export function proxyFor(address: string, { http, https, except }: ProxySettings): URL | undefined {
  const { protocol, hostname, port } = new URL(address);
  const isSecure = /^(https|wss):$/.test(protocol);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isLoopback(host) || host.endsWith('.localhost')) return undefined;
  const target = { host, port: port || (isSecure ? '443' : '80') };
  if (except.split(/[\s,]+/).some((entry) => covers(entry.toLowerCase(), target))) return undefined;
  return isSecure ? https : http;
}

/** Whether an entry of NO_PROXY (`*`, a host with or without a port, a domain, a network) covers a target. */
function covers(entry: string, { host, port }: { readonly host: string; readonly port: string }): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  const [network = '', bits] = entry.split('/');
  if (bits !== undefined) return isInNetwork(host, network, Number(bits));
  // An IPv6 address without brackets has no port.
  const [, bracketed, name, onlyPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const domain = (bracketed ?? name ?? entry).replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version) return false;
  if (!Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
