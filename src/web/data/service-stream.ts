import { type ApiError, responseError } from './api-error.ts';
import { atMostEvery } from './at-most-every.ts';
import { readEvents, requestEvents } from './event-request.ts';
import type { StreamMessage } from './event-stream.ts';
import { retryDelay } from './retry-delay.ts';
import type { PageEvent, Seen, StreamState } from './stream-messages.ts';
import { withQuery } from './urls.ts';

export interface ServiceStream {
  readonly state: StreamState;
  readonly lastId: string | undefined;
  /** When the service was heard last and, while it is offline, when the next attempt begins; in ms since the epoch. */
  readonly heardAt: number;
  readonly nextTryAt: number;
  /** Why the stream that is open brings no prices although some are wanted; undefined if it brings them. */
  readonly noPrices: string | undefined;
  /** Has the stream bring the prices of these symbols, as events `price`, and of no others. */
  follow(symbols: readonly string[]): void;
  /** Connects at once, unless an attempt is under way. */
  connectNow(): void;
  close(): void;
}

export interface ServiceStreamOptions {
  readonly token: string | undefined;
  /** What the stream goes on from; undefined if there was none. */
  readonly seen: Seen | undefined;
  onState(): void;
  onEvent(event: PageEvent): void;
  /** The stream is closed then: without a valid token another attempt is pointless. */
  onRefused(): void;
}

const UNAUTHORIZED = 401;

const WITHOUT_PRICES = '/events';

/** The service's stream of events, which connects again until it is closed. It runs in pages and in workers. */
export function createServiceStream(options: ServiceStreamOptions): ServiceStream {
  const { token, onState, onEvent, onRefused } = options;
  let state: StreamState = 'connecting';
  let path = WITHOUT_PRICES;
  /** The path whose prices the service has no room for, and its reason. */
  let refused: { readonly path: string; readonly reason: string } | undefined;
  /** The path of the stream that is open or being opened. */
  let openPath: string | undefined;
  let lastId = options.seen?.lastId;
  let wasConnected = options.seen !== undefined;
  let failedAttempts = 0;
  let heardAt = Date.now();
  let nextTryAt = 0;
  let current: AbortController | undefined;
  let isConnecting = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  /** A stream for other prices replaces the open one, soon, so that one that is wanted again at once changes nothing. */
  const renewal = atMostEvery(undefined, () => {
    if (current !== undefined && state === 'live' && wantedPath() !== openPath) void connect(current);
  });

  /** Without prices that were refused, because events matter more; another stream, or other prices, may have room again. */
  function wantedPath(): string {
    return path === refused?.path ? WITHOUT_PRICES : path;
  }

  /** @param replaced the stream that is open until this one is, so that no event is missed */
  async function connect(replaced?: AbortController): Promise<void> {
    const controller = new AbortController();
    current = controller;
    isConnecting = true;
    let isUnreachable = false;
    try {
      openPath = wantedPath();
      const response = await requestEvents(openPath, { token, lastId }, controller).finally(() =>
        replaced?.abort(),
      );
      if (controller.signal.aborted) return;
      isConnecting = false;
      if (response.status === UNAUTHORIZED) {
        close();
        return onRefused();
      }
      if (response.ok) {
        connected(replaced !== undefined);
        for await (const messages of readEvents(response, controller.signal)) {
          heardAt = Date.now();
          messages.forEach(receive);
        }
      } else {
        const error = responseError(response.status, await response.text(), null);
        if (error.code === 'OVERLOADED' && openPath !== undefined && openPath !== WITHOUT_PRICES) {
          refused = { path: openPath, reason: error.message };
          return connect();
        }
        isUnreachable = isOfProxy(error);
      }
    } catch {
      // No answer, or none any more: what failed is said by the state.
      isUnreachable = true;
    }
    if (current === controller) retryLater(isUnreachable);
  }

  function connected(isReplacement: boolean): void {
    failedAttempts = 0;
    setState('live');
    // Without an id to resume from, what happened in between is unknown.
    if (!isReplacement && wasConnected && lastId === undefined) onEvent({ kind: 'reset', data: {} });
    wasConnected = true;
    // What was wanted while it was opened.
    renewal.request();
  }

  function receive({ id, event, data }: StreamMessage): void {
    if (id !== undefined) lastId = id;
    if (event === 'reset') lastId = undefined;
    onEvent({ kind: event as PageEvent['kind'], data: JSON.parse(data) as PageEvent['data'] });
  }

  function retryLater(isUnreachable: boolean): void {
    isConnecting = false;
    refused = undefined;
    failedAttempts += 1;
    const wait = retryDelay(failedAttempts);
    nextTryAt = Date.now() + wait;
    setState(isUnreachable ? 'offline' : 'reconnecting');
    retryTimer = setTimeout(() => void connect(), wait);
  }

  function setState(changed: StreamState): void {
    state = changed;
    onState();
  }

  function close(): void {
    clearTimeout(retryTimer);
    renewal.cancel();
    current?.abort();
    current = undefined;
    isConnecting = false;
  }

  return {
    get state() {
      return state;
    },
    get lastId() {
      return lastId;
    },
    get heardAt() {
      return heardAt;
    },
    get nextTryAt() {
      return nextTryAt;
    },
    get noPrices() {
      return path === refused?.path ? refused.reason : undefined;
    },
    follow(symbols) {
      const prices = symbols.toSorted().join(',');
      path = withQuery(WITHOUT_PRICES, prices === '' ? {} : { prices });
      renewal.request();
    },
    connectNow() {
      if (isConnecting) return;
      const wasOpen = state === 'live';
      close();
      if (wasOpen) setState('connecting');
      void connect();
    },
    close,
  };
}

/** Whether nothing of the service answered, but a proxy before it did. */
function isOfProxy({ code, status }: ApiError): boolean {
  return code === 'UNREADABLE' && status >= 500;
}
