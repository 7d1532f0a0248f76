import type { EventHub, EventKind, ServiceEvent } from './event-hub.ts';

/**
 * Calls `listener` with every event of a kind, also with those of other nodes. After a gap in the events it is called
 * without one: anything may have changed.
 */
export function watchEvents(
  events: Pick<EventHub, 'subscribe'>,
  kind: EventKind,
  listener: (event: ServiceEvent | undefined) => void,
): void {
  events.subscribe({
    onEvent(event) {
      if (event.kind === kind) listener(event);
    },
    onReset: () => listener(undefined),
  });
}
