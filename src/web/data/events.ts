import { batch, effect, signal } from '@preact/signals';
import type { EventKind } from '../../events/event-hub.ts';
import { access } from './access.ts';
import { request } from './api.ts';
import { ApiError } from './api-error.ts';
import { atMostEvery } from './at-most-every.ts';
import { eventStreamParser } from './event-stream.ts';
import { retryDelay } from './retry-delay.ts';
import { withQuery } from './urls.ts';

type PageEventKind = EventKind | 'price' | 'reset';

/**
 * An event of the service. `price`: the last traded price of a symbol that somebody follows. `reset`: events may have been
 * missed, so everything has to be loaded again.
 */
export interface PageEvent {
  readonly kind: PageEventKind;
  readonly data: Readonly<Record<string, unknown>>;
}

/** State of the event stream. `offline`: the service could not be reached again, and attempts go on. */
export const connection = signal<'connecting' | 'live' | 'reconnecting' | 'offline' | 'paused'>('connecting');

/** While the service cannot be reached: when it was last heard, and when the next attempt begins, in ms since the epoch. */
export const outage = signal<{ readonly since: number; readonly nextTryAt: number } | undefined>(undefined);

/** The service sends something at least every 15 s. */
const MAX_SILENCE_MS = 40_000;
/** A network that drops everything gives no error. */
const MAX_CONNECTING_MS = 10_000;
/** A browser allows few connections per host; a hidden tab closes its own. */
const MAX_HIDDEN_MS = 60_000;

const listeners = new Set<(event: PageEvent) => void>();
/** Symbols whose prices are wanted, one entry for each who wants them. */
const followed: string[] = [];
/** The path of the stream that is open or being opened. */
let streamPath: string | undefined;
let lastId: string | undefined;
let failedAttempts = 0;
let heardAt = Date.now();
let wasConnected = false;
let current: AbortController | undefined;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

/** Subscribes to events of these kinds and to every `reset`; returns how to unsubscribe. */
export function onEvents(kinds: readonly PageEventKind[], listener: (event: PageEvent) => void): () => void {
  const filtered = (event: PageEvent) => {
    if (event.kind === 'reset' || kinds.includes(event.kind)) listener(event);
  };
  listeners.add(filtered);
  return () => listeners.delete(filtered);
}

/** Has the stream bring the prices of a symbol, as events `price`; returns how to end that. */
export function followPrice(symbol: string): () => void {
  followed.push(symbol);
  renewal.request();
  return () => {
    followed.splice(followed.indexOf(symbol), 1);
    renewal.request();
  };
}

/** A stream for other prices replaces the open one, soon, so that one that is wanted again at once changes nothing. */
const renewal = atMostEvery(undefined, () => {
  if (current !== undefined && connection.peek() === 'live' && pathOfStream() !== streamPath)
    void connect(current);
});

function pathOfStream(): string {
  const symbols = [...new Set(followed)].sort().join(',');
  return withQuery('/events', symbols === '' ? {} : { prices: symbols });
}

/** Opens the event stream whenever the page has access and is visible. */
export function startEvents(): void {
  effect(() => {
    if (access.value === 'open' || access.value === 'session') connectNow();
    else disconnect('connecting');
  });
  addEventListener('online', connectNow);
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(() => disconnect('paused'), MAX_HIDDEN_MS);
    else if (connection.peek() !== 'live') connectNow();
  });
}

/** Connects without waiting for the next retry. */
export function connectNow(): void {
  disconnect(
    failedAttempts === 0 ? 'connecting' : connection.peek() === 'offline' ? 'offline' : 'reconnecting',
  );
  void connect();
}

function disconnect(state: typeof connection.value): void {
  clearTimeout(retryTimer);
  current?.abort();
  current = undefined;
  connection.value = state;
}

/** @param replaced the stream that is open until this one is, so that no event is missed */
async function connect(replaced?: AbortController): Promise<void> {
  const controller = new AbortController();
  current = controller;
  let isUnreachable = false;
  try {
    const response = await openStream(controller).finally(() => replaced?.abort());
    batch(() => {
      connection.value = 'live';
      outage.value = undefined;
    });
    failedAttempts = 0;
    // Without an id to resume from, what happened in between is unknown.
    if (replaced === undefined && wasConnected && lastId === undefined) publish({ kind: 'reset', data: {} });
    wasConnected = true;
    // What was wanted while it was opened.
    renewal.request();
    await readMessages(response, controller.signal);
  } catch (error) {
    // Without a valid token a retry is pointless; logging in connects again.
    if (error instanceof ApiError && error.status === 401) return;
    isUnreachable = hasNoService(error);
  }
  if (current === controller) retryLater(isUnreachable);
}

async function openStream(controller: AbortController): Promise<Response> {
  const timer = setTimeout(() => controller.abort(), MAX_CONNECTING_MS);
  try {
    const init = lastId === undefined ? {} : { headers: { 'last-event-id': lastId } };
    streamPath = pathOfStream();
    return await request(streamPath, init, { signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Whether nothing of the service answered: no response, or one of a proxy before it. */
function hasNoService(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.code === 'NETWORK' || (error.code === 'UNREADABLE' && error.status >= 500);
}

function retryLater(isUnreachable: boolean): void {
  failedAttempts += 1;
  const wait = retryDelay(failedAttempts);
  batch(() => {
    connection.value = isUnreachable ? 'offline' : 'reconnecting';
    outage.value = isUnreachable ? { since: heardAt, nextTryAt: Date.now() + wait } : undefined;
  });
  retryTimer = setTimeout(() => void connect(), wait);
}

async function readMessages(response: Response, signal: AbortSignal): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const parse = eventStreamParser();
  let silenceTimer = setTimeout(() => reader.cancel(), MAX_SILENCE_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      heardAt = Date.now();
      clearTimeout(silenceTimer);
      silenceTimer = setTimeout(() => reader.cancel(), MAX_SILENCE_MS);
      for (const { id, event, data } of parse(value)) {
        if (id !== undefined) lastId = id;
        if (event === 'reset') lastId = undefined;
        publish({ kind: event as PageEvent['kind'], data: JSON.parse(data) as PageEvent['data'] });
      }
    }
  } finally {
    clearTimeout(silenceTimer);
  }
}

function publish(event: PageEvent): void {
  for (const listener of listeners) listener(event);
}
