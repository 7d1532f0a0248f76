/** What has changed; clients request that part of the state again. */
export const EVENT_KINDS = [
  'package',
  'account',
  'decision',
  'position',
  'equity',
  'replay',
  'market',
  'alert',
  'factor-model',
  /** Sessions or tokens ended: streams check theirs. It is not sent to clients. */
  'access',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

export interface ServiceEvent {
  /** Unique across restarts. */
  readonly id: string;
  readonly kind: EventKind;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether this node published it. */
  readonly isOwn: boolean;
}

export interface Subscriber {
  onEvent(event: ServiceEvent): void;
  /** Events may be missing: a subscriber that follows a state must read it again. */
  onReset(): void;
}

/** Publishes events to subscribers and stores the newest ones for subscribers that reconnect. */
export interface EventHub {
  publish(kind: EventKind, data: ServiceEvent['data']): void;
  /**
   * Sends events to a subscriber, each once and in the order of all other subscribers.
   * @param lastId the last event that it has: first come the events after it, or a reset if some are no longer stored
   * @returns a function that unsubscribes
   */
  subscribe(subscriber: Subscriber, lastId?: string): () => void;
  /**
   * Resets all subscribers, on every node, because a node that died may have published less than it did. Every node may
   * report the same one.
   */
  nodeLost(nodeId: string): void;
  /** Publishes what is still queued. */
  close(): Promise<void>;
}

/** Events that are stored for subscribers that reconnect. */
const MAX_STORED_EVENTS = 1000;

/**
 * A hub in the memory of one process.
 * @param run id of this run of the service, so that the ids of an earlier run are not mistaken for its own
 */
export function createEventHub(run: string): EventHub {
  const stored: ServiceEvent[] = [];
  const subscribers = new Set<Subscriber>();
  let count = 0;

  /** The events after the one with this id; undefined if some of them are no longer stored. */
  function after(id: string): readonly ServiceEvent[] | undefined {
    if (id === `${run}-0`) return stored.length === count ? stored : undefined;
    const index = stored.findIndex((event) => event.id === id);
    return index === -1 ? undefined : stored.slice(index + 1);
  }

  return {
    publish(kind, data) {
      count += 1;
      const event = { id: `${run}-${count}`, kind, data, isOwn: true };
      stored.push(event);
      if (stored.length > MAX_STORED_EVENTS) stored.shift();
      for (const subscriber of subscribers) subscriber.onEvent(event);
    },

    subscribe(subscriber, lastId) {
      const missed = lastId === undefined ? [] : after(lastId);
      if (missed === undefined) subscriber.onReset();
      for (const event of missed ?? []) subscriber.onEvent(event);
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },

    nodeLost() {
      for (const subscriber of subscribers) subscriber.onReset();
    },

    close: async () => {},
  };
}
