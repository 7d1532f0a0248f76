import type { ExchangeId, ExchangeTraits } from './exchanges.ts';
import type { Transport } from './transport.ts';

/** The part of ccxt's unified interface that is used. Everything it gives came from outside, hence `unknown`. */
export interface CcxtClient {
  loadMarkets(reload?: boolean): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<unknown>;
  fetchFundingRateHistory(symbol: string, since: number, limit: number): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  unWatchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  close(): Promise<unknown>;
  /** Its websocket connections by address. */
  readonly clients?: Readonly<Record<string, { readonly connection?: { terminate?(): void } | undefined }>>;
}

/** Other addresses for an exchange's interfaces: origin and, if any, a path that goes before its own. */
export interface Endpoints {
  readonly restUrl: string;
  readonly wsUrl: string;
}

export interface ClientOptions {
  readonly id: ExchangeId;
  readonly traits: ExchangeTraits;
  readonly endpoints: Endpoints | undefined;
  readonly transport: Transport;
  /** Beyond the transport's own deadlines, in ms. */
  readonly timeoutMs: number;
  /** Whether ccxt spaces requests as the exchange's rules ask. */
  readonly throttle: boolean;
}

interface CcxtConnection {
  send(message: unknown): Promise<unknown>;
}

interface CcxtInternals {
  loadHttpProxyAgent(): Promise<unknown>;
  urls: Record<string, unknown>;
  /** The websocket connection to an address, made when there is none. */
  client(url: string): CcxtConnection;
}

type CcxtClass = new (config: object) => CcxtClient & CcxtInternals;

/**
 * Builds the ccxt client of one exchange, without keys. Only its own module is loaded: the package exports nothing
 * but the whole library, which takes ten times the memory, hence the address instead of a name.
 */
export async function createClient(options: ClientOptions): Promise<CcxtClient> {
  const address = new URL(`./src/pro/${options.id}.js`, import.meta.resolve('ccxt')).href;
  const { default: Exchange } = (await import(address)) as { default: CcxtClass };
  const client = new Exchange({
    enableRateLimit: options.throttle,
    timeout: options.timeoutMs,
    // Reconnecting is paced by us.
    options: { ...options.traits.options, ws: { backoff: { base: 0 } } },
    // Currencies would need keys, and nothing here uses them.
    has: { fetchCurrencies: false },
    fetchImplementation: options.transport,
  });
  tolerateLostMessages(client);
  if (options.endpoints !== undefined) {
    client.urls.api = withHosts(client.urls.api, options.endpoints);
    // ccxt refuses plain ws:// addresses until it has an agent for them.
    if (options.endpoints.wsUrl.startsWith('ws://')) await client.loadHttpProxyAgent();
  }
  return client;
}

/** The same client, loaded with its first request: the library takes longer than the rest of the service's start. */
export function createLazyClient(options: ClientOptions): CcxtClient {
  let loading: Promise<CcxtClient> | undefined;
  let loaded: CcxtClient | undefined;
  const load = async () => {
    loading ??= createClient(options);
    loaded = await loading;
    return loaded;
  };
  return {
    loadMarkets: async (...args) => (await load()).loadMarkets(...args),
    fetchOHLCV: async (...args) => (await load()).fetchOHLCV(...args),
    fetchFundingRateHistory: async (...args) => (await load()).fetchFundingRateHistory(...args),
    fetchTicker: async (...args) => (await load()).fetchTicker(...args),
    fetchTime: async (...args) => (await load()).fetchTime(...args),
    watchOHLCV: async (...args) => (await load()).watchOHLCV(...args),
    unWatchOHLCV: async (...args) => (await load()).unWatchOHLCV(...args),
    // Where it could not be loaded, whoever asked for something was told.
    close: async () => (await loading?.catch(() => undefined))?.close(),
    get clients() {
      return loaded?.clients ?? {};
    },
  };
}

/**
 * ccxt sends subscriptions when its throttle lets them through and does not wait for the outcome: where the connection
 * was lost meanwhile, nobody would handle that failure and Node would end the process. Whoever watches learns of the
 * loss from the connection itself.
 */
function tolerateLostMessages(client: CcxtInternals): void {
  const connectionTo = client.client.bind(client);
  const tolerant = new WeakSet<CcxtConnection>();
  client.client = (url) => {
    const connection = connectionTo(url);
    if (tolerant.has(connection)) return connection;
    tolerant.add(connection);
    const send = connection.send.bind(connection);
    connection.send = (message) => {
      const sent = send(message);
      sent.catch(() => {});
      return sent;
    };
    return connection;
  };
}

/** Replaces the origin of every address in a tree of them. */
export function withHosts(tree: unknown, { restUrl, wsUrl }: Endpoints): unknown {
  if (typeof tree === 'string') {
    return tree
      .replace(/^https?:\/\/[^/]+/, restUrl.replace(/\/+$/, ''))
      .replace(/^wss?:\/\/[^/]+/, wsUrl.replace(/\/+$/, ''));
  }
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, withHosts(value, { restUrl, wsUrl })]),
  );
}

/** Ends every websocket connection at once, whether or not the other side still listens; all who watch are told. */
export function cutConnections(client: CcxtClient): void {
  for (const { connection } of Object.values(client.clients ?? {})) connection?.terminate?.();
}
