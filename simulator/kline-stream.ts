import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { klineEvent } from './kline.ts';
import type { Replay } from './replay.ts';

const STREAM_NAME = /^([a-z0-9]+)@kline_(\w+)$/;
/** `/ws`, `/market/ws/0` or `/stream?streams=...`, then the names of streams. */
const STREAM_PATH = /^(?:\/(?:market|public))?\/(ws|stream)(?:\/(.*))?$/;
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;
const PING_EVERY_MS = 3 * 60_000;
/** Candles sent for one stream at once, in case the clock jumps. */
const MAX_CANDLES_PER_PUSH = 1000;

export interface KlineStream {
  /** Sends nothing any more but accepts connections and subscriptions, as a hung server does. */
  silence(): void;
  resume(): void;
  /** Cuts every connection. */
  disconnect(): void;
  readonly connections: number;
  /** Names of the streams that are sent, over all connections. */
  readonly subscriptions: readonly string[];
  close(): void;
}

interface Subscription {
  readonly name: string;
  readonly replay: Replay;
  readonly timeframe: Timeframe;
  /** Open time of the next candle to report as closed. */
  next: number;
}

interface Client {
  readonly socket: WebSocket;
  readonly combined: boolean;
  readonly subscriptions: Map<string, Subscription>;
}

/**
 * Serves Binance's kline streams on the websocket upgrades of `server`: every candle once when it closes, and the
 * forming one at each push.
 * @param options `clock` in ms; `pushEveryMs` real ms between two pushes
 */
export function serveKlineStream(
  server: Server,
  replays: ReadonlyMap<string, Replay>,
  options: { readonly clock: () => number; readonly pushEveryMs: number },
): KlineStream {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const clients = new Set<Client>();
  let silent = false;

  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const [matched, kind, names = ''] = STREAM_PATH.exec(pathname) ?? [];
    if (matched === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (websocket) => {
      const client: Client = { socket: websocket, combined: kind === 'stream', subscriptions: new Map() };
      clients.add(client);
      websocket.on('close', () => clients.delete(client));
      websocket.on('error', () => websocket.terminate());
      websocket.on('message', (data) => receive(client, String(data)));
      for (const name of [...names.split('/'), ...(searchParams.get('streams') ?? '').split('/')]) {
        subscribe(client, name);
      }
    });
  });

  function subscribe(client: Client, name: string): boolean {
    const [matched, symbol = '', timeframe = ''] = STREAM_NAME.exec(name) ?? [];
    const replay = replays.get(symbol.toUpperCase());
    if (matched === undefined || replay === undefined || !Object.hasOwn(TIMEFRAME_MS, timeframe))
      return false;
    if (!replay.supports(timeframe as Timeframe)) return false;
    const lengthMs = TIMEFRAME_MS[timeframe as Timeframe];
    const next = Math.floor(options.clock() / lengthMs) * lengthMs;
    client.subscriptions.set(name, { name, replay, timeframe: timeframe as Timeframe, next });
    return true;
  }

  function receive(client: Client, text: string): void {
    if (silent) return;
    const message = parseMessage(text);
    if (message === undefined) {
      send(client, { error: { code: 3, msg: 'Invalid JSON: expected method, params and id' } });
      return;
    }
    const { method, params, id } = message;
    if (method === 'SUBSCRIBE') for (const name of params) subscribe(client, name);
    if (method === 'UNSUBSCRIBE') for (const name of params) client.subscriptions.delete(name);
    send(client, { result: method === 'LIST_SUBSCRIPTIONS' ? [...client.subscriptions.keys()] : null, id });
  }

  function send({ socket }: Client, message: unknown): void {
    // As Binance does with a slow reader.
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
    else socket.send(JSON.stringify(message));
  }

  function push(): void {
    if (silent) return;
    const now = options.clock();
    for (const client of clients)
      for (const subscription of client.subscriptions.values()) advance(client, subscription, now);
  }

  function advance(client: Client, subscription: Subscription, now: number): void {
    const { name, replay, timeframe } = subscription;
    const lengthMs = TIMEFRAME_MS[timeframe];
    const query = { from: subscription.next, to: undefined, limit: MAX_CANDLES_PER_PUSH, now };
    for (const candle of replay.candles(timeframe, query)) {
      const closed = candle.openTime + lengthMs <= now;
      const event = klineEvent({ symbol: replay.symbol, timeframe, candle, closed, now }, replay.decimals);
      send(client, client.combined ? { stream: name, data: event } : event);
      if (closed) subscription.next = candle.openTime + lengthMs;
    }
  }

  const pushTimer = setInterval(push, options.pushEveryMs);
  const pingTimer = setInterval(() => {
    for (const { socket } of clients) if (!silent) socket.ping();
  }, PING_EVERY_MS);
  const disconnect = () => {
    for (const { socket } of clients) socket.terminate();
  };

  return {
    silence() {
      silent = true;
    },
    resume() {
      silent = false;
    },
    disconnect,
    get connections() {
      return clients.size;
    },
    get subscriptions() {
      return [...clients].flatMap((client) => [...client.subscriptions.keys()]);
    },
    close() {
      clearInterval(pushTimer);
      clearInterval(pingTimer);
      disconnect();
      sockets.close();
    },
  };
}

function parseMessage(text: string): { method: string; params: string[]; id: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null) return undefined;
    const { method, params, id } = message as Record<string, unknown>;
    if (typeof method !== 'string') return undefined;
    const names = Array.isArray(params)
      ? params.filter((name): name is string => typeof name === 'string')
      : [];
    return { method, params: names, id: id ?? null };
  } catch {
    return undefined;
  }
}
