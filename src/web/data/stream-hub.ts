import { createServiceStream, type ServiceStream } from './service-stream.ts';
import type { HubMessage, TabMessage } from './stream-messages.ts';

/** Tabs that share a stream, and the symbols whose prices each of them follows. */
interface Group {
  readonly stream: ServiceStream;
  readonly tabs: Map<MessagePort, readonly string[]>;
}

type Want = Extract<TabMessage, { kind: 'want' }>;

/** The service's own limit. */
const MAX_PRICES = 20;

/**
 * Holds the event streams of tabs: one for all that have the same token, because a browser allows six connections to a host
 * over HTTP/1.1. Tabs with different tokens stay apart, so that each hears when its own ends.
 */
export function createStreamHub() {
  const groups = new Map<string | undefined, Group>();

  function createGroup({ token, seen }: Want): Group {
    const tabs: Group['tabs'] = new Map();
    const tell = (message: HubMessage) => {
      for (const tab of tabs.keys()) tab.postMessage(message);
    };
    const stream = createServiceStream({
      token,
      seen,
      onState: () => tell(stateOf(stream)),
      onEvent: (event) => tell({ kind: 'event', seen: { lastId: stream.lastId }, event }),
      onRefused() {
        groups.delete(token);
        tell({ kind: 'refused', token });
        tabs.clear();
      },
    });
    const group = { stream, tabs };
    groups.set(token, group);
    return group;
  }

  function want(tab: MessagePort, message: Want): void {
    const { token, prices, seen } = message;
    const known = groups.get(token);
    const group = known ?? createGroup(message);
    const { stream, tabs } = group;
    const isNew = !tabs.has(tab);
    if (isNew) leave(tab);
    tabs.set(tab, prices);
    follow(group);
    if (known === undefined) stream.connectNow();
    if (!isNew) return;
    tab.postMessage(stateOf(stream));
    // What a tab missed while it was away, it loads again; a new stream goes on where its first tab was.
    const hasMissed = seen !== undefined && (seen.lastId === undefined || seen.lastId !== stream.lastId);
    if (known !== undefined && hasMissed) {
      tab.postMessage({
        kind: 'event',
        seen: { lastId: stream.lastId },
        event: { kind: 'reset', data: {} },
      } satisfies HubMessage);
    }
  }

  function leave(tab: MessagePort): void {
    for (const [token, group] of groups) {
      if (!group.tabs.delete(tab)) continue;
      if (group.tabs.size > 0) {
        follow(group);
        continue;
      }
      group.stream.close();
      groups.delete(token);
    }
  }

  function retry(tab: MessagePort): void {
    for (const { stream, tabs } of groups.values()) if (tabs.has(tab)) stream.connectNow();
  }

  return {
    /** Serves a tab at the other end of this port, until it leaves or is gone. */
    serve(tab: MessagePort): void {
      tab.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
        if (data.kind === 'want') want(tab, data);
        else if (data.kind === 'leave') leave(tab);
        else retry(tab);
      });
      // A tab that crashed does not say that it leaves.
      tab.addEventListener('close', () => leave(tab));
      tab.start();
    },
  };
}

function follow({ stream, tabs }: Group): void {
  stream.follow([...new Set([...tabs.values()].flat())].slice(0, MAX_PRICES));
}

function stateOf({ state, heardAt, nextTryAt, noPrices }: ServiceStream): HubMessage {
  const now = Date.now();
  return { kind: 'state', state, silentMs: now - heardAt, nextTryInMs: nextTryAt - now, noPrices };
}
