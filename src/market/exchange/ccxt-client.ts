import { type Agent, globalAgent } from 'node:http';
import type { ExchangeId, ExchangeTraits } from './exchanges.ts';
import type { Transport } from './transport.ts';

/** The methods of ccxt's unified interface that the service uses. Their results are untrusted, hence `unknown`. */
export interface CcxtClient {
  loadMarkets(reload?: boolean): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<unknown>;
  fetchFundingRateHistory(symbol: string, since: number, limit: number): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  unWatchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  close(): Promise<unknown>;
  /** The websocket connections by address. */
  readonly clients?: Readonly<Record<string, { readonly connection?: { terminate?(): void } | undefined }>>;
}

/** Addresses that replace the exchange's own: an origin, with an optional path prefix. */
export interface Endpoints {
  readonly restUrl: string;
  readonly wsUrl: string;
}

export interface ClientOptions {
  readonly id: ExchangeId;
  readonly traits: ExchangeTraits;
  readonly endpoints: Endpoints | undefined;
  readonly transport: Transport;
  /** For the websocket connection to an address; undefined: the usual one. */
  readonly agentFor: (address: string) => Agent | undefined;
  /** ccxt's own limit for a request, in ms; longer than the deadlines of the transport. */
  readonly timeoutMs: number;
  /** Whether ccxt spaces requests by the exchange's rules. */
  readonly throttle: boolean;
}

interface CcxtConnection {
  send(message: unknown): Promise<unknown>;
}

interface CcxtInternals {
  urls: Record<string, unknown>;
  /** The websocket connection to an address; opens one if there is none. */
  client(url: string): CcxtConnection;
  /** Of new websocket connections: to wss addresses, and to ws addresses, for which there must be one. */
  agent: Agent | undefined;
  httpAgent: Agent;
}

interface CcxtDescription {
  readonly api: Readonly<Record<string, unknown>>;
}

type CcxtClass = new (config: object) => CcxtClient & CcxtInternals & { describe(): CcxtDescription };

/**
 * Creates the ccxt client of one exchange, without keys. The package only exports the whole library, which takes ten
 * times the memory, so the exchange's module is imported by its address.
 */
export async function createClient(options: ClientOptions): Promise<CcxtClient> {
  const address = new URL(`./src/pro/${options.id}.js`, import.meta.resolve('ccxt')).href;
  const { default: Exchange } = (await import(address)) as { default: CcxtClass };
  const client = new (withoutPrivateMethods(Exchange))({
    enableRateLimit: options.throttle,
    // The exchange's average rate over 5 s. ccxt's default spaces all requests, also the first after a rest: at the close of
    // a candle, each of the five that a symbol needs would wait 50 ms, with 20 symbols 5 s.
    rateLimiterAlgorithm: 'rollingWindow',
    rollingWindowSize: 5000,
    timeout: options.timeoutMs,
    // The candle stream has its own backoff. A message costs ten requests, because Binance takes only
    // 10 messages in a second.
    options: { ...options.traits.options, ws: { backoff: { base: 0 }, cost: 10 } },
    // Currencies need keys.
    has: { fetchCurrencies: false },
    fetchImplementation: options.transport,
  });
  ignoreLostMessages(client);
  useAgents(client, options.agentFor);
  if (options.endpoints !== undefined) client.urls.api = withHosts(client.urls.api, options.endpoints);
  return client;
}

/** ccxt makes two methods for each of the exchange's thousand endpoints; without keys only the public ones are of use. */
function withoutPrivateMethods(Exchange: CcxtClass): CcxtClass {
  return class extends Exchange {
    override describe(): CcxtDescription {
      const described = super.describe();
      const open = Object.entries(described.api).filter(([group]) => /public/i.test(group));
      return { ...described, api: Object.fromEntries(open) };
    }
  };
}

function useAgents(client: CcxtInternals, agentFor: ClientOptions['agentFor']): void {
  const connectionTo = client.client.bind(client);
  client.client = (url) => {
    client.agent = agentFor(url);
    client.httpAgent = client.agent ?? globalAgent;
    return connectionTo(url);
  };
}

/** A client that loads ccxt with its first request: loading takes longer than the rest of the service's start. */
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
    // A failure to load was reported to the callers of the other methods.
    close: async () => (await loading?.catch(() => undefined))?.close(),
    get clients() {
      return loaded?.clients ?? {};
    },
  };
}

/**
 * ccxt does not await the sending of a throttled subscription. If the connection is lost meanwhile, the unhandled
 * rejection would end the process. The watching call fails by itself when its connection closes.
 */
function ignoreLostMessages(client: CcxtInternals): void {
  const connectionTo = client.client.bind(client);
  const patched = new WeakSet<CcxtConnection>();
  client.client = (url) => {
    const connection = connectionTo(url);
    if (patched.has(connection)) return connection;
    patched.add(connection);
    const send = connection.send.bind(connection);
    connection.send = (message) => {
      const sent = send(message);
      sent.catch(() => {});
      return sent;
    };
    return connection;
  };
}

/** Replaces the origin of every address in a tree of addresses. */
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

/** Terminates every websocket connection without waiting for the other side; pending watches fail. */
export function cutConnections(client: CcxtClient): void {
  for (const { connection } of Object.values(client.clients ?? {})) connection?.terminate?.();
}
