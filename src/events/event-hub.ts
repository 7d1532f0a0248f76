/** What has changed; clients request that part of the state again. */
export type EventKind =
  | 'package'
  | 'account'
  | 'decision'
  | 'position'
  | 'equity'
  | 'replay'
  | 'market'
  | 'alert'
  | 'factor-model';

export interface ServiceEvent {
  /** Unique across restarts. */
  readonly id: string;
  readonly kind: EventKind;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Publishes events to subscribers and stores the newest ones for subscribers that reconnect. */
export interface EventHub {
  publish(kind: EventKind, data: ServiceEvent['data']): void;
  /** Returns a function that unsubscribes. */
  subscribe(listener: (event: ServiceEvent) => void): () => void;
  /** The events after the event with this id; undefined if some of them are no longer stored. */
  after(id: string): readonly ServiceEvent[] | undefined;
}

const MAX_STORED_EVENTS = 1000;

/** @param run id of this run of the service, so that the ids of an earlier run are not mistaken for its own */
export function createEventHub(run: string): EventHub {
  const stored: ServiceEvent[] = [];
  const listeners = new Set<(event: ServiceEvent) => void>();
  let count = 0;

  return {
    publish(kind, data) {
      count += 1;
      const event = { id: `${run}-${count}`, kind, data };
      stored.push(event);
      if (stored.length > MAX_STORED_EVENTS) stored.shift();
      for (const listener of listeners) listener(event);
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    after(id) {
      if (id === `${run}-0`) return stored.length === count ? [...stored] : undefined;
      const index = stored.findIndex((event) => event.id === id);
      return index === -1 ? undefined : stored.slice(index + 1);
    },
  };
}
