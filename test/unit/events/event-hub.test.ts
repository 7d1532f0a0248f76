import { describe, expect, test } from 'vitest';
import { createEventHub, type EventHub } from '../../../src/events/event-hub.ts';
import { watchEvents } from '../../../src/events/watch-events.ts';

/** What a subscriber gets: ids of events, and `reset`. */
function received(hub: EventHub, lastId?: string): string[] {
  const ids: string[] = [];
  hub.subscribe({ onEvent: ({ id }) => ids.push(id), onReset: () => ids.push('reset') }, lastId);
  return ids;
}

describe('createEventHub', () => {
  test('sends events to current subscribers', () => {
    const hub = createEventHub('run');
    const seen: unknown[] = [];
    hub.publish('package', { id: 'early' });
    const stop = hub.subscribe({ onEvent: ({ id, data }) => seen.push([id, data]), onReset() {} });
    hub.publish('package', { id: 'alpha' });
    stop();
    hub.publish('package', { id: 'late' });
    expect(seen).toEqual([['run-2', { id: 'alpha' }]]);
  });

  test('sends the events after an id, and then new ones', () => {
    const hub = createEventHub('run');
    for (const id of ['a', 'b', 'c']) hub.publish('package', { id });
    const streams = [received(hub, 'run-1'), received(hub, 'run-0'), received(hub, 'run-3')];
    hub.publish('package', { id: 'd' });
    expect(streams).toEqual([['run-2', 'run-3', 'run-4'], ['run-1', 'run-2', 'run-3', 'run-4'], ['run-4']]);
  });

  test('resets a subscriber with an id whose later events are unknown', () => {
    const hub = createEventHub('run');
    for (let count = 0; count < 1001; count++) hub.publish('equity', { count });
    expect(received(hub, 'run-1')).toEqual(['reset']);
    expect(received(hub, 'run-0')).toEqual(['reset']);
    expect(received(hub, 'earlier-5')).toEqual(['reset']);
    expect(received(hub, 'run-2')).toHaveLength(999);
  });

  test('a watcher hears of one kind, and of gaps', () => {
    const hub = createEventHub('run');
    const heard: unknown[] = [];
    watchEvents(hub, 'package', (event) => heard.push(event?.data));
    hub.publish('equity', {});
    hub.publish('package', { id: 'a' });
    hub.nodeLost('another');
    expect(heard).toEqual([{ id: 'a' }, undefined]);
  });
});
