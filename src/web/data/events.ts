import { effect, signal } from '@preact/signals';
import type { EventKind } from '../../events/event-hub.ts';
import { access } from './access.ts';
import { request } from './api.ts';
import { ApiError } from './api-error.ts';
import { eventStreamReader } from './event-stream.ts';

/** An event of the service; `reset` says that some may have been missed: ask for the state again. */
export interface PageEvent {
  readonly kind: EventKind | 'reset';
  readonly data: Readonly<Record<string, unknown>>;
}

/** `offline` after several attempts that failed; it goes on trying. */
export const connection = signal<'connecting' | 'live' | 'reconnecting' | 'offline' | 'paused'>('connecting');

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const ATTEMPTS_UNTIL_OFFLINE = 4;
/** The service says something every 15 s. */
const SILENCE_LIMIT_MS = 40_000;
/** Browsers keep few connections to one address; a tab that nobody sees gives its own back. */
const HIDDEN_LIMIT_MS = 60_000;

const listeners = new Set<(event: PageEvent) => void>();
let lastId: string | undefined;
let attempts = 0;
let hasListened = false;
let current: AbortController | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;

/** Hears events of these kinds, and every `reset`; answers how to stop. */
export function onEvents(kinds: readonly EventKind[], listener: (event: PageEvent) => void): () => void {
  const heard = (event: PageEvent) => {
    if (event.kind === 'reset' || kinds.includes(event.kind)) listener(event);
  };
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** Keeps the stream open while the page may read it and somebody sees it. */
export function startEvents(): void {
  effect(() => {
    if (access.value === 'open' || access.value === 'session') connectNow();
    else disconnect('connecting');
  });
  addEventListener('online', connectNow);
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(() => disconnect('paused'), HIDDEN_LIMIT_MS);
    else if (connection.peek() !== 'live') connectNow();
  });
}

/** Tries at once instead of waiting for the next attempt. */
export function connectNow(): void {
  disconnect(attempts === 0 ? 'connecting' : 'reconnecting');
  void listen();
}

function disconnect(state: typeof connection.value): void {
  clearTimeout(retry);
  current?.abort();
  current = undefined;
  connection.value = state;
}

async function listen(): Promise<void> {
  const stop = new AbortController();
  current = stop;
  try {
    const response = await request(
      '/events',
      lastId === undefined ? {} : { headers: { 'last-event-id': lastId } },
      {
        signal: stop.signal,
      },
    );
    connection.value = 'live';
    attempts = 0;
    // Without an id to go on from, nobody knows what happened meanwhile.
    if (hasListened && lastId === undefined) publish({ kind: 'reset', data: {} });
    hasListened = true;
    await readMessages(response, stop);
  } catch (error) {
    // Without a token there is nothing to try again; the log-in starts anew.
    if (error instanceof ApiError && error.status === 401) return;
  }
  if (current !== stop) return;
  attempts += 1;
  connection.value = attempts > ATTEMPTS_UNTIL_OFFLINE ? 'offline' : 'reconnecting';
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  retry = setTimeout(() => void listen(), wait * (0.75 + Math.random() / 2));
}

async function readMessages(response: Response, stop: AbortController): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const read = eventStreamReader();
  let silence = setTimeout(() => reader.cancel(), SILENCE_LIMIT_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || stop.signal.aborted) return;
      clearTimeout(silence);
      silence = setTimeout(() => reader.cancel(), SILENCE_LIMIT_MS);
      for (const { id, event, data } of read(value)) {
        if (id !== undefined) lastId = id;
        if (event === 'reset') lastId = undefined;
        publish({ kind: event as PageEvent['kind'], data: JSON.parse(data) as PageEvent['data'] });
      }
    }
  } finally {
    clearTimeout(silence);
  }
}

function publish(event: PageEvent): void {
  for (const listener of listeners) listener(event);
}
