import { batch, effect, signal } from '@preact/signals';
import { access } from './access.ts';
import { refuseToken } from './api.ts';
import { token } from './session-token.ts';
import { createStreamHub } from './stream-hub.ts';
import type { HubMessage, PageEvent, Seen, StreamState, TabMessage } from './stream-messages.ts';

export type { PageEvent } from './stream-messages.ts';

/** State of the event stream. `offline`: the service could not be reached again, and attempts go on. */
export const connection = signal<StreamState | 'paused'>('connecting');

/** Why the stream brings no prices, in the service's sentence; undefined while it brings them. */
export const noPrices = signal<string | undefined>(undefined);

/** While the service cannot be reached: when it was last heard, and when the next attempt begins, in ms since the epoch. */
export const outage = signal<{ readonly since: number; readonly nextTryAt: number } | undefined>(undefined);

/** A tab that has been hidden for so long does not load what changes. */
const MAX_HIDDEN_MS = 60_000;

const listeners = new Set<(event: PageEvent) => void>();
/** Symbols whose prices are wanted, one entry for each who wants them. */
const followed: string[] = [];
/** The way to the hub that holds the stream. */
let hub: MessagePort | undefined;
let isJoined = false;
let seen: Seen | undefined;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

/** Subscribes to events of these kinds and to every `reset`; returns how to unsubscribe. */
export function onEvents(
  kinds: readonly PageEvent['kind'][],
  listener: (event: PageEvent) => void,
): () => void {
  const filtered = (event: PageEvent) => {
    if (event.kind === 'reset' || kinds.includes(event.kind)) listener(event);
  };
  listeners.add(filtered);
  return () => listeners.delete(filtered);
}

/** Has the stream bring the prices of a symbol, as events `price`; returns how to end that. */
export function followPrice(symbol: string): () => void {
  followed.push(symbol);
  if (isJoined) join();
  return () => {
    followed.splice(followed.indexOf(symbol), 1);
    if (isJoined) join();
  };
}

/** Joins the event stream whenever the page has access and is visible. */
export function startEvents(): void {
  hub = sharedHub();
  effect(() => {
    if (hasAccess()) join();
    else leave('connecting');
  });
  addEventListener('online', connectNow);
  // Browsers keep pages, without running them, for the way back to them.
  addEventListener('pagehide', () => leave('connecting'));
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) connectNow();
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(() => leave('paused'), MAX_HIDDEN_MS);
    else if (connection.peek() !== 'live') connectNow();
  });
}

/** Connects without waiting for the next retry. */
export function connectNow(): void {
  if (!hasAccess()) return;
  if (isJoined) send({ kind: 'retry' });
  else join();
}

function hasAccess(): boolean {
  return access.value === 'open' || access.value === 'session';
}

/** Tells the hub what this tab wants, which joins it. */
function join(): void {
  isJoined = true;
  send({ kind: 'want', token: token.value, prices: followed, seen });
}

function leave(state: typeof connection.value): void {
  if (isJoined) send({ kind: 'leave' });
  isJoined = false;
  batch(() => {
    connection.value = state;
    outage.value = undefined;
  });
}

function send(message: TabMessage): void {
  hub?.postMessage(message);
}

/** The hub in the worker that all tabs share, or one of this page's own where there cannot be such a worker. */
function sharedHub(): MessagePort {
  try {
    const worker = new SharedWorker(new URL('./event-worker.ts', import.meta.url), { type: 'module' });
    // Its script could not be loaded.
    worker.addEventListener('error', () => {
      hub = ownHub();
      if (isJoined) join();
    });
    return listenTo(worker.port);
  } catch {
    // Chrome on Android has none, and browsers refuse it where users forbid storage.
    return ownHub();
  }
}

function ownHub(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  createStreamHub().serve(port2);
  return listenTo(port1);
}

function listenTo(port: MessagePort): MessagePort {
  port.addEventListener('message', ({ data }: MessageEvent<HubMessage>) => {
    if (isJoined) receive(data);
  });
  port.start();
  return port;
}

function receive(message: HubMessage): void {
  if (message.kind === 'refused') {
    isJoined = false;
    refuseToken(message.token);
  } else if (message.kind === 'state') {
    const { state, silentMs, nextTryInMs } = message;
    const now = Date.now();
    batch(() => {
      connection.value = state;
      noPrices.value = message.noPrices;
      outage.value =
        state === 'offline' ? { since: now - silentMs, nextTryAt: now + nextTryInMs } : undefined;
    });
    if (state === 'live') seen ??= { lastId: undefined };
  } else {
    seen = message.seen;
    for (const listener of listeners) listener(message.event);
  }
}
