/** What the service tells of itself while it runs; each kind says what to ask for again. */
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
  /** Unique over restarts; later events of one run have later ids. */
  readonly id: string;
  readonly kind: EventKind;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Hands what happens to whoever listens, and keeps the newest for those who come back. */
export interface EventHub {
  publish(kind: EventKind, data: ServiceEvent['data']): void;
  /** Answers how to stop listening. */
  subscribe(listener: (event: ServiceEvent) => void): () => void;
  /** The events after the one with this id; undefined when it is not known any more, so that some may be missed. */
  after(id: string): readonly ServiceEvent[] | undefined;
}

const KEPT_EVENTS = 1000;

/** @param run names this run of the service, so that ids of an earlier one are not taken for its own */
export function createEventHub(run: string): EventHub {
  const kept: ServiceEvent[] = [];
  const listeners = new Set<(event: ServiceEvent) => void>();
  let count = 0;

  return {
    publish(kind, data) {
      count += 1;
      const event = { id: `${run}-${count}`, kind, data };
      kept.push(event);
      if (kept.length > KEPT_EVENTS) kept.shift();
      for (const listener of listeners) listener(event);
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    after(id) {
      if (id === `${run}-0`) return kept.length === count ? [...kept] : undefined;
      const index = kept.findIndex((event) => event.id === id);
      return index === -1 ? undefined : kept.slice(index + 1);
    },
  };
}
