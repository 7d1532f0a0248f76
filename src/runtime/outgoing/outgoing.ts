import { Agent, type ClientRequestArgs } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Socket } from 'node:net';
import { NO_PROXIES, type ProxySettings, proxyFor, shownProxy } from './proxy-choice.ts';
import { openTunnel } from './tunnel.ts';

/** `fetch` for an address in text. */
export type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

/** Requests to other machines, through the proxies of the settings. */
export interface Outgoing {
  readonly fetch: Fetch;
  /** For websockets; undefined for an address that is requested directly. */
  agentFor(address: string): Agent | undefined;
  /** The proxy for an address without user and password; null for one that is requested directly. */
  proxyOf(address: string): string | null;
  /** Cuts the connections of requests. */
  close(): Promise<void>;
}

/** Requests through proxies; the library for them is loaded with the first request through one. */
export function createOutgoing(proxies: ProxySettings): Outgoing {
  const clients = new Map<string, ReturnType<typeof createClient>>();
  const clientOf = (proxy: URL) => {
    const client = clients.get(proxy.href) ?? createClient(proxy);
    clients.set(proxy.href, client);
    return client;
  };
  return {
    async fetch(address, init) {
      const proxy = proxyFor(address, proxies);
      return proxy === undefined ? fetch(address, init) : (await clientOf(proxy)).fetch(address, init);
    },
    agentFor(address) {
      const proxy = proxyFor(address, proxies);
      return proxy && tunnelAgent(proxy, /^(https|wss):/i.test(address));
    },
    proxyOf(address) {
      const proxy = proxyFor(address, proxies);
      return proxy === undefined ? null : shownProxy(proxy);
    },
    async close() {
      for (const client of clients.values()) await (await client).close();
    },
  };
}

/** Without proxies. */
export const DIRECT = createOutgoing(NO_PROXIES);

async function createClient(proxy: URL) {
  const { Agent: Dispatcher, fetch } = await import('undici');
  const dispatcher = new Dispatcher({
    connect({ hostname, port, protocol }, callback) {
      const isSecure = protocol === 'https:';
      openTunnel(proxy, targetOf(hostname, port, isSecure), isSecure).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });
  // Its types are those of the library; what it takes and gives is what the platform's `fetch` does.
  const throughProxy = fetch as unknown as (address: string, init: object) => Promise<Response>;
  return {
    fetch: (address: string, init?: RequestInit) => throughProxy(address, { ...init, dispatcher }),
    close: () => dispatcher.destroy(),
  };
}

/** An agent of Node whose connections are tunnels. */
function tunnelAgent(proxy: URL, isSecure: boolean): Agent {
  const agent = isSecure ? new SecureAgent() : new Agent();
  const createConnection = (
    { host, port }: ClientRequestArgs,
    done: (error: Error | null, socket?: Socket) => void,
  ) => {
    openTunnel(proxy, targetOf(host ?? '', port, isSecure), isSecure).then(
      (socket) => done(null, socket),
      (error: Error) => done(error),
    );
  };
  return Object.assign(agent, { createConnection });
}

function targetOf(host: string, port: unknown, isSecure: boolean) {
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || (isSecure ? 443 : 80) };
}
