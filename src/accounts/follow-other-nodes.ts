import type { EventHub, EventKind } from '../events/event-hub.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { Executor } from './executor.ts';

export interface FollowOtherNodesOptions {
  readonly executor: Pick<Executor, 'refresh'>;
  readonly events: Pick<EventHub, 'subscribe'>;
  readonly timers: Timers;
  readonly log: Log;
}

/** Events of changes that open or close lots. */
const KINDS: readonly EventKind[] = ['account', 'position'];
/** Even without an event, accounts are read again after this time. */
const INTERVAL_MS = 10_000;
const PAUSE_AFTER_ERROR_MS = 2000;

/** Reads the accounts again when another node has changed one, so that the node that follows its symbol executes it. */
export function followOtherNodes({ executor, events, timers, log }: FollowOtherNodesOptions): BackgroundLoop {
  const loop = startBackgroundLoop({
    timers,
    async work() {
      await executor.refresh();
      return INTERVAL_MS;
    },
    onFailure(error) {
      log.error({ err: error }, 'the accounts could not be read after changes on other nodes');
      return PAUSE_AFTER_ERROR_MS;
    },
  });
  events.subscribe({
    onEvent({ kind, isOwn }) {
      if (!isOwn && KINDS.includes(kind)) loop.wake();
    },
    onReset: loop.wake,
  });
  return loop;
}
