import type { Listener } from '../db/postgres/listener.ts';
import type { Row } from '../db/tables.ts';
import { startBackgroundLoop } from '../runtime/background-loop.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { EventHub, Subscriber } from './event-hub.ts';
import { createEventOutbox } from './event-outbox.ts';
import { type EventRepository, MAX_STORED_EVENTS } from './event-repository.ts';
import { eventOfRow } from './stored-event.ts';

export interface SharedEventHubOptions {
  readonly repository: EventRepository;
  /** Starts to listen: `wake` is to be called after every connect and with each notification. */
  readonly listen: (wake: (newestId?: number) => void) => Listener;
  /** Unique for every start. */
  readonly node: string;
  readonly timers: Timers;
  readonly log: Log;
}

interface Subscription {
  readonly subscriber: Subscriber;
  /** Id of the last event sent. */
  position: number;
  /** What arrives while the events before it are read. */
  waiting: Row<'events'>[] | undefined;
}

const ROWS_PER_READ = 500;
/** Notifications end this pause. */
const IDLE_MS = 60_000;
const BACKOFF = { firstMs: 100, longestMs: 2000, jitter: 0.25 };

/**
 * A hub that the nodes of a store share: an event gets its id in the database, and every node, also the one that published
 * it, sends it from there. So all subscribers on all nodes get the same events in the same order.
 */
export async function createSharedEventHub(options: SharedEventHubOptions): Promise<EventHub> {
  const { repository, listen, node, timers, log } = options;
  const subscriptions = new Set<Subscription>();
  /** Id of the newest event that subscribers got. */
  let position = await repository.newestId();
  let failures = 0;

  function send(subscription: Subscription, row: Row<'events'>): void {
    if (subscription.waiting !== undefined) subscription.waiting.push(row);
    else if (row.id > subscription.position) {
      subscription.position = row.id;
      const event = eventOfRow(row, node);
      if (event === undefined) subscription.subscriber.onReset();
      else subscription.subscriber.onEvent(event);
    }
  }

  async function sendNew(): Promise<number> {
    const rows = await repository.after(position, ROWS_PER_READ);
    failures = 0;
    if (rows === undefined) {
      // This node was away for long, or the database was restored from a backup.
      position = await repository.newestId();
      for (const subscription of subscriptions) {
        subscription.position = position;
        subscription.subscriber.onReset();
      }
      return 0;
    }
    for (const row of rows) {
      position = row.id;
      for (const subscription of subscriptions) send(subscription, row);
    }
    return rows.length === ROWS_PER_READ ? 0 : IDLE_MS;
  }

  const loop = startBackgroundLoop({
    timers,
    work: sendNew,
    onFailure(error) {
      failures += 1;
      if (failures === 1) log.warn({ err: error }, 'events could not be read; they are read later');
      return backoffMs(BACKOFF, failures, timers.random);
    },
  });
  const outbox = createEventOutbox({ repository, node, onStored: loop.wake, timers, log });
  const listener = listen((newestId = Number.POSITIVE_INFINITY) => {
    if (!(newestId <= position)) loop.wake();
  });

  /** Sends the events after `lastId`, and then what arrived meanwhile. */
  async function resume(subscription: Subscription, lastId: string): Promise<void> {
    const missed = await readMissed(lastId).catch((error: unknown) => {
      log.warn({ err: error }, 'the events that a client missed could not be read; it reads the state again');
      return undefined;
    });
    if (!subscriptions.has(subscription)) return;
    const waiting = subscription.waiting ?? [];
    subscription.waiting = undefined;
    if (missed === undefined) subscription.subscriber.onReset();
    // It may be ahead of this node.
    else subscription.position = Number(lastId);
    for (const row of [...(missed ?? []), ...waiting]) send(subscription, row);
  }

  async function readMissed(lastId: string): Promise<Row<'events'>[] | undefined> {
    return /^\d{1,15}$/.test(lastId) ? repository.after(Number(lastId), MAX_STORED_EVENTS) : undefined;
  }

  return {
    publish: outbox.add,

    subscribe(subscriber, lastId) {
      const subscription: Subscription = { subscriber, position: 0, waiting: undefined };
      subscriptions.add(subscription);
      if (lastId !== undefined) {
        subscription.waiting = [];
        void resume(subscription, lastId);
      }
      return () => subscriptions.delete(subscription);
    },

    nodeLost: outbox.addReset,

    async close() {
      await outbox.close();
      await listener.close();
      await loop.stop();
    },
  };
}
