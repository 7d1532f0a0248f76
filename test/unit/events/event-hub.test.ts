import { describe, expect, test } from 'vitest';
import { createEventHub } from '../../../src/events/event-hub.ts';

describe('createEventHub', () => {
  test('sends events to current listeners', () => {
    const hub = createEventHub('run');
    const seen: unknown[] = [];
    hub.publish('package', { id: 'early' });
    const stop = hub.subscribe(({ id, data }) => seen.push([id, data]));
    hub.publish('package', { id: 'alpha' });
    stop();
    hub.publish('package', { id: 'late' });
    expect(seen).toEqual([['run-2', { id: 'alpha' }]]);
  });

  test('returns the events after an id', () => {
    const hub = createEventHub('run');
    for (const id of ['a', 'b', 'c']) hub.publish('package', { id });
    expect(hub.after('run-1')?.map(({ data }) => data.id)).toEqual(['b', 'c']);
    expect(hub.after('run-0')?.map(({ id }) => id)).toEqual(['run-1', 'run-2', 'run-3']);
    expect(hub.after('run-3')).toEqual([]);
  });

  test('returns nothing for an id whose later events are unknown', () => {
    const hub = createEventHub('run');
    for (let count = 0; count < 1001; count++) hub.publish('equity', { count });
    expect(hub.after('run-1')).toBeUndefined();
    expect(hub.after('run-0')).toBeUndefined();
    expect(hub.after('earlier-5')).toBeUndefined();
    expect(hub.after('run-2')).toHaveLength(999);
  });
});
