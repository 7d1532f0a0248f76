import type { EventKind } from '../../events/event-hub.ts';

/** Tabs and the hub that holds their stream are apart, in a worker, and exchange these. */

/**
 * An event of the service. `price`: the last traded price of a symbol that a tab follows. `reset`: events may have been
 * missed, so everything has to be loaded again.
 */
export interface PageEvent {
  readonly kind: EventKind | 'price' | 'reset';
  readonly data: Readonly<Record<string, unknown>>;
}

/** The last event that a tab has received, if it had an id. */
export interface Seen {
  readonly lastId: string | undefined;
}

export type TabMessage =
  /** Joins, or changes what the tab wants. `seen`: undefined unless the tab was live before. */
  | {
      readonly kind: 'want';
      readonly token: string | undefined;
      readonly prices: readonly string[];
      readonly seen: Seen | undefined;
    }
  | { readonly kind: 'leave' }
  /** Connects without waiting for the next attempt. */
  | { readonly kind: 'retry' };

export type HubMessage =
  /**
   * Durations, because a worker's clock is not the page's. `silentMs`: since the service was heard last. `noPrices`: why prices
   * that are wanted do not come.
   */
  | {
      readonly kind: 'state';
      readonly state: 'connecting' | 'live' | 'reconnecting' | 'offline';
      readonly silentMs: number;
      readonly nextTryInMs: number;
      readonly noPrices: string | undefined;
    }
  | { readonly kind: 'event'; readonly seen: Seen; readonly event: PageEvent }
  /** The service does not accept the token, or its absence. The tab is not in the hub any more. */
  | { readonly kind: 'refused'; readonly token: string | undefined };

export type StreamState = Extract<HubMessage, { kind: 'state' }>['state'];
