import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { waitAtMost } from '../runtime/wait-at-most.ts';
import type { EventKind, ServiceEvent } from './event-hub.ts';
import type { EventRepository, NewEvent } from './event-repository.ts';
import { RESET } from './stored-event.ts';

/** The events of this node that are not stored yet. */
export interface EventOutbox {
  add(kind: EventKind, data: ServiceEvent['data']): void;
  /** Adds a reset of all subscribers because of a node that is gone; it is stored once, even if several nodes add it. */
  addReset(goneNode: string): void;
  /** Stores what is left, if the database answers. */
  close(): Promise<void>;
}

export interface EventOutboxOptions {
  readonly repository: Pick<EventRepository, 'append'>;
  /** Unique for every start. */
  readonly node: string;
  readonly onStored: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

const MAX_BATCH = 500;
/** While the database does not answer; more of them are replaced by a reset. */
const MAX_QUEUED = 10_000;
/** A new event ends this pause. */
const IDLE_MS = 60_000;
const BACKOFF = { firstMs: 100, longestMs: 2000, jitter: 0.25 };
const MAX_CLOSE_MS = 2000;

/** Stores events in the background, all that wait in one transaction; it tries again until the database has them. */
export function createEventOutbox({
  repository,
  node,
  onStored,
  timers,
  log,
}: EventOutboxOptions): EventOutbox {
  let queue: NewEvent[] = [];
  let sequence = 0;
  let failures = 0;

  function push(event: NewEvent): void {
    if (queue.length >= MAX_QUEUED) {
      log.warn(
        { events: queue.length },
        'too many events wait for the database; clients read the state again',
      );
      queue = [{ ...event, kind: RESET, data: {} }];
    } else queue.push(event);
    loop.wake();
  }

  async function storeBatch(): Promise<void> {
    const batch = queue.slice(0, MAX_BATCH);
    if (batch.length === 0) return;
    await repository.append(batch);
    const stored = new Set(batch);
    queue = queue.filter((event) => !stored.has(event));
    failures = 0;
    onStored();
  }

  const loop: BackgroundLoop = startBackgroundLoop({
    timers,
    async work() {
      await storeBatch();
      return queue.length > 0 ? 0 : IDLE_MS;
    },
    onFailure(error) {
      failures += 1;
      if (failures === 1) log.warn({ err: error }, 'events could not be stored; they are stored later');
      return backoffMs(BACKOFF, failures, timers.random);
    },
  });

  async function storeRest(): Promise<void> {
    await loop.stop();
    while (queue.length > 0) await storeBatch();
  }

  return {
    add(kind, data) {
      sequence += 1;
      push({ node, sequence, kind, data });
    },
    addReset: (goneNode) => push({ node: goneNode, sequence: 0, kind: RESET, data: {} }),
    async close() {
      const failed = (error: unknown) =>
        log.warn({ err: error, events: queue.length }, 'the last events of this node could not be stored');
      await waitAtMost(storeRest().catch(failed), MAX_CLOSE_MS, timers);
    },
  };
}
